"""What a delta makes of the `data` of a view. Pure: gives new data and leaves the old as it was."""


class Misfit(Exception):
    """A delta does not fit the data that it is applied to."""


def fold(view, data, delta):
    """The data of `view` after `delta`."""
    try:
        return _FOLDS[view](data, delta)
    except (TypeError, ValueError, KeyError, AttributeError) as misshapen:
        raise Misfit(str(misshapen)) from misshapen


def fold_list(items, changes):
    """`removed` are indices of the list as it was, falling; `added` pairs of index and item, rising."""
    if not isinstance(items, list):
        raise Misfit("no list to fold into")
    folded = list(items)
    end = len(items)
    for index in changes.get("removed", ()):
        _check(index, end)
        del folded[index]
        end = index
    for index, item in changes.get("added", ()):
        _check(index, len(folded) + 1)
        folded.insert(index, item)
    return folded


def _fold_members(data, delta):
    folded = {**data, **delta.get("set", {})}
    for name in delta.get("unset", ()):
        folded.pop(name, None)
    for name, changes in delta.get("lists", {}).items():
        folded[name] = fold_list(folded.get(name), changes)
    return folded


def _fold_cells(data, delta):
    shift = delta.get("shift", 0)
    _check(shift, len(data) + 1)
    folded = data[shift:]
    for index, cell in delta.get("cells", ()):
        _check(index, len(folded) + 1)
        folded[index : index + 1] = [cell]
    return folded


def _check(index, end):
    if not isinstance(index, int) or not 0 <= index < end:
        raise Misfit(f"{index} is not within 0 and {end}")


_FOLDS = {"dashboard": _fold_members, "categories": _fold_members, "pending": fold_list, "hourly": _fold_cells}
