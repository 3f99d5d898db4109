"""A WebSocket client that sends any bytes in any pieces, right or wrong. The standard library alone."""

import base64
import os
import socket
import struct
import zlib

ANSWERED_SECONDS = 20
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
TAIL = b"\x00\x00\xff\xff"


def masked(data, key):
    size = len(data)
    mask = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")


def frame(kind, payload=b"", fin=True, rsv=0, key=b"\x12\x34\x56\x78"):
    """One frame as a client sends it; without a key unmasked."""
    payload = payload.encode() if isinstance(payload, str) else payload
    mask = 0x80 if key else 0
    size = len(payload)
    head = bytes([fin << 7 | rsv << 4 | kind])
    if size < 126:
        head += bytes([mask | size])
    elif size < 65536:
        head += struct.pack(">BH", mask | 126, size)
    else:
        head += struct.pack(">BQ", mask | 127, size)
    return head + (key + masked(payload, key) if key else payload)


def fragments(kind, payload, size):
    """A message in frames of so many bytes."""
    parts = [payload[at : at + size] for at in range(0, len(payload), size)] or [b""]
    last = len(parts) - 1
    return [frame(kind if index == 0 else CONTINUATION, part, index == last) for index, part in enumerate(parts)]


def close(code, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


class Frame:
    def __init__(self, first, payload):
        self.fin, self.rsv, self.kind, self.payload = first >> 7, first >> 4 & 7, first & 15, payload

    @property
    def code(self):
        """With which it closes; 1005 without one."""
        assert self.kind == CLOSE, self
        return struct.unpack(">H", self.payload[:2])[0] if self.payload else 1005

    def __repr__(self):
        return f"Frame({self.kind}, fin {self.fin}, rsv {self.rsv}, {len(self.payload)} bytes {self.payload[:60]!r})"


class Wire:
    """A connection, upgraded unless it is refused: then `status` tells why."""

    def __init__(self, port, path="/ws/echo", headers=(), request=None):
        self.socket = socket.create_connection(("127.0.0.1", port), ANSWERED_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.read_ahead = bytearray()
        self.socket.sendall(request or upgrade_request(path, headers))
        head = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, piece=None):
        """In one piece, or in pieces of so many octets."""
        if piece is None:
            return self.socket.sendall(data)
        for at in range(0, len(data), piece):
            self.socket.sendall(data[at : at + piece])
        return None

    def _fill(self):
        # The service's send buffer is about a segment of loopback, which is not acknowledged at once unless asked for.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        data = self.socket.recv(1 << 20)
        if not data:
            raise EOFError
        self.read_ahead += data

    def _read_until(self, end):
        while end not in self.read_ahead:
            self._fill()
        return self._read(self.read_ahead.index(end) + len(end))[: -len(end)]

    def _read(self, size):
        while len(self.read_ahead) < size:
            self._fill()
        data = bytes(self.read_ahead[:size])
        del self.read_ahead[:size]
        return data

    def receive(self):
        first, size = self._read(2)
        assert size < 128, "a server does not mask"
        if size >= 126:
            size = int.from_bytes(self._read(2 if size == 126 else 8), "big")
        return Frame(first, self._read(size))

    def message(self):
        """The next message whole: its kind and payload. Pings and the like are not expected."""
        first = self.receive()
        assert first.kind in (TEXT, BINARY) and first.rsv == 0, first
        payload, last = bytearray(first.payload), first
        while not last.fin:
            last = self.receive()
            assert last.kind == CONTINUATION, last
            payload += last.payload
        return first.kind, bytes(payload)

    def ends(self):
        """Whether the service hangs up, having said nothing more."""
        try:
            return not self.read_ahead and not self.socket.recv(1)
        except ConnectionResetError:
            return True  # what we sent after its close was not read

    def closed_with(self):
        """The code of the close frame that comes now, behind which is nothing."""
        code = self.receive().code
        assert self.ends(), self.read_ahead
        return code


def upgrade_request(path, headers=(), *, method="GET", version="HTTP/1.1", without=()):
    wanted = {
        "Host": "127.0.0.1",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        **dict(headers),
    }
    lines = [f"{name}: {value}" for name, value in wanted.items() if name not in without]
    return "\r\n".join([f"{method} {path} {version}", *lines, "", ""]).encode()


class Deflating:
    """permessage-deflate as it was agreed on this connection: windows and contexts no larger than the answer says."""

    def __init__(self, port, offer, path="/ws/echo", headers=()):
        self.wire = Wire(port, path, {**dict(headers), "Sec-WebSocket-Extensions": offer})
        self.agreed = {}
        answer = self.wire.headers.get("sec-websocket-extensions", "")
        for part in filter(None, answer.split(";")[1:]):
            name, _, value = part.strip().partition("=")
            assert name not in self.agreed, answer
            self.agreed[name] = int(value) if value else True
        self.on = answer.startswith("permessage-deflate")
        # zlib makes no raw window of 8; one of 9 that was agreed to be 8 would be wrong only over 256 bytes.
        self.client_bits = self.agreed.get("client_max_window_bits", 15)
        self.server_bits = self.agreed.get("server_max_window_bits", 15)
        self.deflate = self.inflate = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.socket.close()

    def compressed(self, payload):
        if self.deflate is None or "client_no_context_takeover" in self.agreed:
            self.deflate = zlib.compressobj(wbits=-max(self.client_bits, 9))
        data = self.deflate.compress(payload) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        assert data.endswith(TAIL)
        return data[:-4]

    def send(self, kind, payload, fragment=None):
        data = self.compressed(payload)
        parts = [data[at : at + fragment] for at in range(0, len(data), fragment)] if fragment else [data]
        for index, part in enumerate(parts):
            first = index == 0
            self.wire.send(frame(kind if first else CONTINUATION, part, index == len(parts) - 1, 4 if first else 0))

    def message(self):
        """The next message; also how many bytes it was on the wire."""
        first = last = self.wire.receive()
        assert first.kind in (TEXT, BINARY), (first, first.kind == CLOSE and first.code)
        payload = bytearray(first.payload)
        while not last.fin:
            last = self.wire.receive()
            assert last.kind == CONTINUATION and last.rsv == 0, last
            payload += last.payload
        size = len(payload)
        if first.rsv == 4:
            if self.inflate is None or "server_no_context_takeover" in self.agreed:
                self.inflate = zlib.decompressobj(wbits=-max(self.server_bits, 9))
            payload = self.inflate.decompress(bytes(payload) + TAIL)
        else:
            assert first.rsv == 0, first
        return first.kind, bytes(payload), size
