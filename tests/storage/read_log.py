"""A second reader of the log, written from docs/LOG_FORMAT.md and from the layout of LMDB 0.9's pages, with none of
btpay's code: it parses data.mdb itself, decodes every record, and checks checksums, links and the hash chain.

    read_log.py DATA_MDB        prints one line of JSON for each event, or says what is wrong and exits with 1

Not for a file that is being written at the same moment.
"""

import datetime
import hashlib
import json
import mmap
import struct
import sys

# -- LMDB: pages of a B+ tree; the newer of two meta pages tells the root of the main database ---------------------------

PAGE_HEADER = struct.Struct("<QHHHH")  # number, pad, flags, lower, upper
DATABASE = struct.Struct("<IHHQQQQQ")  # page size or pad, flags, depth, branch, leaf and overflow pages, entries, root
NODE = struct.Struct("<HHHH")  # low and high half of the size, flags, size of the key
BRANCH, LEAF = 1, 2
BIG_DATA, SUB_DATABASE = 1, 2
NOTHING = 2**64 - 1


class Wrong(Exception):
    pass


class Environment:
    def __init__(self, file):
        self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.page_bytes = DATABASE.unpack_from(self.bytes, 16 + 24)[0]
        metas = [self._meta(0), self._meta(self.page_bytes)]
        self.main = max(metas)[1]

    def _meta(self, at):
        magic, version = struct.unpack_from("<II", self.bytes, at + 16)
        if (magic, version) != (0xBEEFC0DE, 1):
            raise Wrong("no LMDB 0.9 data file")
        transaction = struct.unpack_from("<Q", self.bytes, at + 16 + 24 + 2 * DATABASE.size + 8)[0]
        return transaction, DATABASE.unpack_from(self.bytes, at + 16 + 24 + DATABASE.size)[7]

    def database(self, name):
        for key, flags, value in self._entries(self.main):
            if key == name and flags & SUB_DATABASE:
                return [(k, v) for k, _, v in self._entries(DATABASE.unpack(value)[7])]
        raise Wrong(f"no database {name}")

    def _entries(self, page):
        if page == NOTHING:
            return
        at = page * self.page_bytes
        number, _, flags, lower, _ = PAGE_HEADER.unpack_from(self.bytes, at)
        if number != page:
            raise Wrong(f"page {page} says it is page {number}")
        for i in range((lower - PAGE_HEADER.size) // 2):
            node = at + struct.unpack_from("<H", self.bytes, at + PAGE_HEADER.size + 2 * i)[0]
            low, high, node_flags, key_bytes = NODE.unpack_from(self.bytes, node)
            begin = node + NODE.size
            if flags & BRANCH:
                yield from self._entries(low | high << 16 | node_flags << 32)
                continue
            if not flags & LEAF:
                raise Wrong(f"page {page} is neither branch nor leaf")
            key = self.bytes[begin : begin + key_bytes]
            begin += key_bytes
            if node_flags & BIG_DATA:
                begin = struct.unpack_from("<Q", self.bytes, begin)[0] * self.page_bytes + PAGE_HEADER.size
            yield key, node_flags, self.bytes[begin : begin + (low | high << 16)]


# -- records -------------------------------------------------------------------------------------------------------------

HEADER = struct.Struct("<BBHIIIQQQqq16s")


def _table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


CRC_TABLE = list(_table())


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Body:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        value = struct.unpack_from("<" + layout, self.data, self.at)[0]
        self.at += struct.calcsize("<" + layout)
        return value

    def read(self, kind):
        if isinstance(kind, tuple):  # ("optional", kind), ("list", kind) or ("one of", names…)
            if kind[0] == "optional":
                return self.read(kind[1]) if self.read("truth") else None
            if kind[0] == "list":
                return [self.read(kind[1]) for _ in range(self.take("I"))]
            return kind[1 + self.take("B")]
        if isinstance(kind, list):
            return {name: self.read(member) for name, member in kind}
        return getattr(self, "_" + kind)()

    def _u16(self):
        return self.take("H")

    def _id(self):
        return self.take("Q")

    def _instant(self):
        return self.take("q")

    def _truth(self):
        value = self.take("B")
        if value > 1:
            raise Wrong("a truth value is neither 0 nor 1")
        return bool(value)

    def _text(self):
        length = self.take("I")
        self.at += length
        if self.at > len(self.data):
            raise Wrong("a text is longer than its record")
        return self.data[self.at - length : self.at].decode("utf-8", "replace")

    def _currency(self):
        self.at += 3
        return self.data[self.at - 3 : self.at].decode("ascii")

    def _money(self):
        return {"minor": self.take("q"), "currency": self._currency()}


def optional(kind):
    return ("optional", kind)


TRANSACTION_1 = [
    ("source", "text"),
    ("external_id", "text"),
    ("date", "instant"),
    ("amount", "money"),
    ("description", "text"),
    ("merchant", optional("text")),
    ("mcc", optional("u16")),
    ("bank", ("one of", "booked", "pending")),
    ("status", ("one of", "pending", "synced", "duplicated", "ignored")),
    ("category", optional("text")),
    ("linked", "truth"),
]
TRANSACTION_2 = [*TRANSACTION_1, ("replaces", optional("text"))]
LEVEL = ("one of", "info", "success", "warning", "error")
NOTIFICATION_1 = [
    ("message", "text"),
    ("level", LEVEL),
    ("amount", optional("money")),
    ("extra_json", "text"),
    ("key", "text"),
]
PAIR = [("booked", "id"), ("pending", "id")]
BUDGET = [("category", "text"), ("limit", "money")]

# Number: (name, a body for each schema version).
EVENTS = {
    1: ("user_opened", [[("name", "text"), ("zone", "text"), ("home", "currency")]]),
    2: ("account_opened", [[("name", "text"), ("unit", "currency"), ("created_at", "instant")]]),
    3: ("transaction_imported", [[("transaction", TRANSACTION_1)], [("transaction", TRANSACTION_2)]]),
    4: (
        "transaction_corrected",
        [[("id", "id"), ("transaction", TRANSACTION_1)], [("id", "id"), ("transaction", TRANSACTION_2)]],
    ),
    5: ("transaction_removed", [[("id", "id")], [("id", "id"), ("by", ("one of", "source", "user"))]]),
    6: ("transaction_categorized", [[("id", "id"), ("category", "text"), ("by", ("one of", "rule", "user"))]]),
    7: ("transaction_uncategorized", [[("id", "id")]]),
    8: ("notification_posted", [NOTIFICATION_1, [*NOTIFICATION_1, ("expires_at", optional("instant"))]]),
    9: ("transaction_restored", [[("id", "id")]]),
    10: ("transaction_matched", [[*PAIR, ("by", ("one of", "link", "rule", "user"))]]),
    11: ("transaction_unmatched", [PAIR]),
    12: ("match_questioned", [[("booked", "id"), ("candidates", ("list", "id"))]]),
    13: ("match_declined", [[("booked", "id")]]),
    14: ("merchant_remembered", [[("merchant", "text"), ("category", "text")]]),
    15: ("merchant_forgotten", [[("merchant", "text")]]),
    16: ("notification_cleared", [[("id", "id"), ("how", ("one of", "acknowledged", "read"))]]),
    17: ("alerts_set", [[("large_from", optional("money")), ("budgets", ("list", BUDGET)), ("new_merchant", "truth")]]),
}


def decode(record):
    """The header's fields and the body of one record."""
    if len(record) < HEADER.size:
        raise Wrong("is shorter than a header")
    form, kind, schema, checksum, key, flags, user, seq, previous, recorded, valid, before = HEADER.unpack_from(record)
    if crc32c(record[:4] + record[8:]) != checksum:
        raise Wrong("does not match its checksum")
    if form != 1 or key or flags or kind not in EVENTS or not 1 <= schema <= len(EVENTS[kind][1]):
        raise Wrong("is of a version that is not known here")
    name, layouts = EVENTS[kind]
    body = Body(record[HEADER.size :])
    try:
        data = body.read(layouts[schema - 1])
    except (struct.error, IndexError):
        raise Wrong("ends in the middle of a value") from None
    if body.at != len(body.data):
        raise Wrong("has bytes left over behind its event")
    return {
        "seq": seq,
        "user": user,
        "previous": previous,
        "recorded_at": recorded,
        "valid_at": valid,
        "hash_before": before.hex(),
        "type": name,
        "data": data,
    }


def read_log(path):
    """Every event of the log whose data.mdb is at `path`."""
    with open(path, "rb") as file:
        before, heads = bytes(16), {}
        for expected, (key, record) in enumerate(Environment(file).database(b"events"), start=1):
            try:
                event = decode(record)
                if struct.unpack("<Q", key)[0] != expected or event["seq"] != expected:
                    raise Wrong("belongs at another place")
                if event["hash_before"] != before.hex():
                    raise Wrong("does not follow the one before")
                if event["previous"] != heads.get(event["user"], 0):
                    raise Wrong("does not link to its user's record before")
            except Wrong as why:
                raise Wrong(f"record {expected} {why}") from None
            heads[event["user"]] = expected
            before = hashlib.blake2b(record, digest_size=16).digest()
            yield event


def rfc3339(microseconds):
    """As btpay writes it: with six digits of fraction, or none."""
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=microseconds)
    return when.isoformat() + "Z"


if __name__ == "__main__":
    try:
        for each in read_log(sys.argv[1]):
            print(json.dumps(each, ensure_ascii=False))
    except Wrong as wrong:
        sys.exit(f"{sys.argv[1]}: {wrong}")
