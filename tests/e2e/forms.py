"""What the messages of level 1 look like: each form is a type, a list of one form, a map, or {name: form}."""

import datetime
import re

RFC3339_Z = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def text(value):
    return isinstance(value, str)


def text_or_null(value):
    return value is None or text(value)


def moment(value):
    if not (text(value) and RFC3339_Z.fullmatch(value)):
        return False
    return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) is not None


class MapOf:
    """Any names, each with a value of one form."""

    def __init__(self, form):
        self.form = form


MERCHANT = {"name": text, "amount": number, "count": count}
RECENT = {"merchant": text_or_null, "amount": number, "date": moment, "category": text_or_null}
PENDING = {
    "id": count,
    "merchant": text_or_null,
    "amount": number,
    "currency": text,
    "date": moment,
    "category_guess": text_or_null,
    "description": text,
}
SUM = {"count": count, "amount": number}

DASHBOARD = {
    "pending_count": count,
    "pending_amount": number,
    "today_transactions": count,
    "today_amount": number,
    "month_transactions": count,
    "month_amount": number,
    "month_merchants": count,
    "top_merchants": [MERCHANT],
    "recent_transactions": [RECENT],
}

MESSAGES = {
    "dashboard_update": {"data": DASHBOARD, "timestamp": moment},
    "pending_update": {"data": [PENDING], "timestamp": moment},
    "hourly_update": {
        "data": [{"hour": count, "timestamp": moment, "count": count, "amount": number}],
        "timestamp": moment,
    },
    "category_update": {"data": MapOf({"today": SUM, "week": SUM}), "timestamp": moment},
    "periodic_update": {"pending_count": count, "timestamp": moment},
    "pong": {"timestamp": moment},
    "auto_categorize_result": {"categorized": count, "timestamp": moment},
    "error": {"code": text, "message": text, "timestamp": moment},
    "notification": {"message": text, "level": text, "id": count, "timestamp": moment},
}


def mismatches(value, form, path=""):
    """Gives where a value differs from a form. More fields than the form names are fine, fewer are not."""
    if isinstance(form, dict):
        if not isinstance(value, dict):
            yield f"{path}: not an object: {value!r}"
            return
        for name, inner in form.items():
            if name not in value:
                yield f"{path}.{name}: missing"
            else:
                yield from mismatches(value[name], inner, f"{path}.{name}")
    elif isinstance(form, list):
        if not isinstance(value, list):
            yield f"{path}: not an array: {value!r}"
            return
        for index, item in enumerate(value):
            yield from mismatches(item, form[0], f"{path}[{index}]")
    elif isinstance(form, MapOf):
        if not isinstance(value, dict):
            yield f"{path}: not an object: {value!r}"
            return
        for name, item in value.items():
            yield from mismatches(item, form.form, f"{path}.{name}")
    elif not form(value):
        yield f"{path}: not a {form.__name__}: {value!r}"


def check(message):
    """Asserts that a message has the form of its type."""
    wrong = list(mismatches(message, MESSAGES[message["type"]], message["type"]))
    assert not wrong, wrong
