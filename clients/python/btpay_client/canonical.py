"""The canonical form of JSON (RFC 8785), and the hash that the service puts on deltas."""

import hashlib
import json
import re

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_EXACT_MAX = 2**53


def canonical(value):
    """The canonical text of what `json.loads` gave."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_text(name)}:{canonical(item)}" for name, item in members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return _text(value) if isinstance(value, str) else _number(value)


def hash_of(data):
    """The first 16 hex digits of the SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()[:16]


def _text(text):
    quoted = json.dumps(text, ensure_ascii=False)
    return _LONE_SURROGATE.sub(lambda half: f"\\u{ord(half.group()):04x}", quoted)


def _number(number):
    """As ECMAScript prints the nearest double: the shortest digits that read back as it, which Python finds too."""
    if isinstance(number, int) and abs(number) <= _EXACT_MAX:
        return str(number)
    mantissa, _, exponent = repr(float(number)).partition("e")
    if mantissa.strip("-") in ("inf", "nan"):
        raise ValueError(f"JSON has no {mantissa}")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    # The number is 0.DIGITS times ten to the power `point`.
    digits = whole + fraction
    point = len(whole) + int(exponent or 0) - (len(digits) - len(digits.lstrip("0")))
    digits = digits.strip("0")
    if not digits:
        return "0"
    return sign + _placed(digits, point)


def _placed(digits, point):
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{rest}e{point - 1:+d}"
