"""Transactions in the ingestion form of docs/PROTOCOL.md."""

import datetime
import itertools

_numbers = itertools.count(1)


def row(user, **fields):
    """A payment of now, with an identity of its own; `fields` replace or add."""
    number = next(_numbers)
    return {
        "external_id": f"row-{number}",
        "source": "e2e",
        "user": user,
        "date": now(),
        "amount": "-12.30",
        "currency": "RON",
        "description": f"BT Pay - Lidl {number}",
        **fields,
    }


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()
