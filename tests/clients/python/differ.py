"""The other side of folding: random data of the four views, and a delta between any two. Written for tests, from
docs/PROTOCOL.md alone."""

import copy
import difflib

from btpay_client import canonical

MERCHANTS = ["Lidl", "Mega Image", "Țuică & co", "", None, "😀", "McDonald's", "__class__"]
VIEWS = ("dashboard", "pending", "hourly", "categories")


def amount(rng):
    return rng.randrange(10**7) / 100 - 1000


def items(rng, longest):
    return [
        {"id": rng.randrange(40), "merchant": rng.choice(MERCHANTS), "amount": amount(rng)}
        for _ in range(rng.randrange(longest + 1))
    ]


def random_data(view, rng):
    if view == "pending":
        return items(rng, 20)
    if view == "hourly":
        return [{"hour": f"{i}:00", "count": rng.randrange(3), "amount": amount(rng)} for i in range(24)]
    if view == "categories":
        return {str(one["merchant"]): {"today": {"count": 1, "amount": one["amount"]}} for one in items(rng, 8)}
    members = {"pending_count": rng.randrange(9), "today_amount": amount(rng)}
    if rng.randrange(2):
        members["month_merchants"] = rng.randrange(9)
    return {**members, "top_merchants": items(rng, 5), "recent_transactions": items(rng, 10)}


def nearby(view, before, rng):
    """Data near the data before: what changes in a day of payments."""
    after, other = copy.deepcopy(before), random_data(view, rng)
    if view == "hourly":
        return (after[rng.randrange(25) :] + other)[:24]
    if view == "pending":
        kept = [item for item in after if rng.randrange(6)]
        for item in other[: rng.randrange(3)]:
            kept.insert(rng.randrange(len(kept) + 1), item)
        return kept[:20]
    kept = {name: value for name, value in after.items() if rng.randrange(5)}
    return {**kept, **{name: value for name, value in other.items() if not rng.randrange(3)}}


def list_changes(before, after):
    old, new = [canonical(item) for item in before], [canonical(item) for item in after]
    removed, added = [], []
    for kind, i, i_end, j, j_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            removed += range(i, i_end)
            added += [[at, after[at]] for at in range(j, j_end)]
    return without_empty({"removed": removed[::-1], "added": added})


def members(before, after):
    lists, changed = {}, {}
    for name, value in after.items():
        if name in before and canonical(before[name]) == canonical(value):
            continue
        if isinstance(value, list) and isinstance(before.get(name), list):
            lists[name] = list_changes(before[name], value)
        else:
            changed[name] = value
    return without_empty({"set": changed, "lists": lists, "unset": [name for name in before if name not in after]})


def cells(before, after):
    def differing(shift):
        kept = before[shift:]
        return [[i, cell] for i, cell in enumerate(after) if i >= len(kept) or canonical(kept[i]) != canonical(cell)]

    shift = min(range(25), key=lambda shift: len(differing(shift)))
    return without_empty({"shift": shift, "cells": differing(shift)})


def difference(view, before, after):
    """What takes the data of a view from `before` to `after`."""
    differ = {"pending": list_changes, "hourly": cells}.get(view, members)
    return differ(before, after)


def without_empty(changes):
    return {name: value for name, value in changes.items() if value}
