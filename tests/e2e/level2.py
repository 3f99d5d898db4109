"""A client of level 2 in a page of Python: folds deltas as docs/PROTOCOL.md says."""

import copy
import hashlib
import json
import struct

VIEWS = {"dashboard": "dashboard", "pending": "pending", "hourly": "hourly", "category": "categories"}


def canonical(value):
    """RFC 8785, for the texts and amounts that views hold."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(each) for name, each in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def hash_of(data):
    return hashlib.sha256(canonical(data).encode()).hexdigest()[:16]


def fold_list(items, delta):
    for index in delta.get("removed", []):
        del items[index]
    for index, item in delta.get("added", []):
        items.insert(index, item)


def folded(view, data, delta):
    data = copy.deepcopy(data)
    if view == "pending":
        fold_list(data, delta)
    elif view == "hourly":
        del data[: delta.get("shift", 0)]
        for index, cell in delta.get("cells", []):
            data[index : index + 1] = [cell]
    else:
        data.update(delta.get("set", {}))
        for name in delta.get("unset", []):
            del data[name]
        for name, changed in delta.get("lists", {}).items():
            fold_list(data[name], changed)
    return data


def packed(value):
    """A command as MessagePack: short texts, numbers, short lists and objects of them."""
    if isinstance(value, bool):
        return b"\xC3" if value else b"\xC2"
    if isinstance(value, float):
        return struct.pack(">Bd", 0xCB, value)
    if isinstance(value, str):
        text = value.encode()
        return bytes([0xD9, len(text)]) + text
    if isinstance(value, int):
        return struct.pack(">BQ", 0xCF, value)
    if isinstance(value, list):
        return bytes([0x90 | len(value)]) + b"".join(map(packed, value))
    return bytes([0x80 | len(value)]) + b"".join(packed(name) + packed(inner) for name, inner in value.items())


def unpacked(data):
    """One MessagePack value: the types that a JSON value becomes."""
    value, rest = _unpack(memoryview(data))
    assert not rest, bytes(rest)
    return value


def _unpack(data):
    kind, data = data[0], data[1:]
    if kind < 0x80 or kind >= 0xE0:
        return (kind if kind < 0x80 else kind - 256), data
    if kind < 0x90:
        return _unpack_map(data, kind & 15)
    if kind < 0xA0:
        return _unpack_list(data, kind & 15)
    if kind < 0xC0:
        return _unpack_text(data, kind & 31)
    if kind in CONSTANTS:
        return CONSTANTS[kind], data
    if kind in NUMBERS:
        form = NUMBERS[kind]
        size = struct.calcsize(form)
        return struct.unpack(form, data[:size])[0], data[size:]
    form, unpack = SIZED[kind]
    size = struct.calcsize(form)
    return unpack(data[size:], struct.unpack(form, data[:size])[0])


def _unpack_text(data, size):
    return str(data[:size], "utf-8"), data[size:]


def _unpack_list(data, count):
    values = []
    for _ in range(count):
        value, data = _unpack(data)
        values.append(value)
    return values, data


def _unpack_map(data, count):
    flat, data = _unpack_list(data, 2 * count)
    return dict(zip(flat[::2], flat[1::2])), data


CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
SIZED = {
    0xD9: (">B", _unpack_text),
    0xDA: (">H", _unpack_text),
    0xDB: (">I", _unpack_text),
    0xDC: (">H", _unpack_list),
    0xDD: (">I", _unpack_list),
    0xDE: (">H", _unpack_map),
    0xDF: (">I", _unpack_map),
}


class Client:
    """What a client keeps. `take` is given every message in order."""

    def __init__(self):
        self.views = {}
        self.notifications = {}
        self.epoch = None
        self.notified = 0
        self.deltas = self.hashes = 0
        self.delta_bytes = self.whole_bytes = 0

    def take(self, message):
        kind = message["type"]
        stem, _, form = kind.rpartition("_")
        if kind == "subscribed":
            self.epoch = message["epoch"]
        elif kind == "notification":
            assert message["id"] not in self.notifications, message
            self.notifications[message["id"]] = message
            self.notified = message["seq"]
        elif kind == "notification_cleared":
            self.notifications.pop(message["id"], None)
            self.notified = message["seq"]
        elif stem in VIEWS and form == "update":
            self._keep(VIEWS[stem], message["data"], message)
        elif stem in VIEWS and form == "delta":
            view = VIEWS[stem]
            before = self.views[view]
            assert message["prev"] == before["seq"], (message, before["seq"])
            data = folded(view, before["data"], message)
            if "hash" in message:
                assert message["hash"] == hash_of(data), message
                self.hashes += 1
            self.deltas += 1
            self.delta_bytes += len(json.dumps(message))
            self.whole_bytes += len(json.dumps(data))
            self._keep(view, data, message)
        return message

    def _keep(self, view, data, message):
        self.views[view] = {"data": data, "seq": message["seq"], "timestamp": message["timestamp"]}

    def resume(self):
        views = {name: {"seq": kept["seq"], "timestamp": kept["timestamp"]} for name, kept in self.views.items()}
        point = {"epoch": self.epoch, "seq": self.notified, "notifications": self.notified, "views": views}
        return {"command": "subscribe", "deltas": True, "resume": point}
