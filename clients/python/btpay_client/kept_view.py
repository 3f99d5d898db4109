"""One view as the client keeps it: its data, the position that the data stands for, and whether it can be trusted."""

from .canonical import hash_of
from .fold import Misfit, fold

FOLDED = "folded"
PASSED_OVER = "passed over"


class KeptView:
    """`data` is as in a whole message, None until the first; `count` and `amount` are those of the pending view."""

    def __init__(self, name):
        self.name = name
        self.data = None
        self.count = None
        self.amount = None
        # The position and the moment of the last message applied; None where there is none to go on from.
        self.seq = None
        self.timestamp = None
        # When the whole view was asked for because something did not fit; None while all is well.
        self.asked_at = None

    @property
    def current(self):
        """Whether `data` is what the service had at `seq`."""
        return self.seq is not None and self.asked_at is None

    @property
    def position(self):
        """What `subscribe` says of it, or None."""
        return {"seq": self.seq, "timestamp": self.timestamp} if self.current else None

    def forget(self):
        """The data stays to be looked at, but nothing is folded into it any more."""
        self.seq = self.timestamp = self.asked_at = None

    def replace(self, message):
        self.data = message["data"]
        self.asked_at = None
        self._move_to(message)

    def apply(self, delta):
        """Applies a delta. Gives FOLDED, PASSED_OVER where the whole view is awaited, or why the whole view is needed:
        "gap", "misfit" or "hash"."""
        if self.asked_at is not None:
            return PASSED_OVER
        if self.seq is None or delta.get("prev") != self.seq:
            return "gap"
        try:
            after = fold(self.name, self.data, delta)
        except Misfit:
            return "misfit"
        if "hash" in delta and delta["hash"] != hash_of(after):
            return "hash"
        self.data = after
        self._move_to(delta)
        return FOLDED

    def _move_to(self, message):
        self.seq = message.get("seq")
        self.timestamp = message.get("timestamp")
        if self.name == "pending":
            self.count = message.get("count")
            self.amount = message.get("amount")
