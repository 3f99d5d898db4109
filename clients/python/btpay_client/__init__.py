"""A client of btpay's live socket at level 2; see docs/PROTOCOL.md and clients/python/README.md."""

from .canonical import canonical, hash_of
from .client import EVERYTHING, Client
from .errors import BtpayError, Gone
from .fold import Misfit, fold

__all__ = ["EVERYTHING", "BtpayError", "Client", "Gone", "Misfit", "canonical", "fold", "hash_of"]
