"""HTTP, WebSockets and event streams over plain sockets, many at once, that keep every byte of what came."""

import asyncio
import base64
import gzip
import json
import os
import struct
import time

import level2

ANSWERED_SECONDS = 30
IDLE_SECONDS_MAX = 20


class Part:
    """What came over one connection, or in answer to one request. `sent`: what it may repeat."""

    def __init__(self, where, sent=b""):
        self.where, self.sent = where, sent
        self.data = bytearray()
        self.messages = []  # JSON or MessagePack values that were in it

    def __repr__(self):
        return f"{self.where}: {bytes(self.data[:2000])!r}"


class Answer:
    def __init__(self, head, body):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.body = body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:1000]!r}"


def request_bytes(method, path, headers, body=None):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")


async def read_head(reader):
    return (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWERED_SECONDS))[:-4]


class Lines:
    """Connections kept alive and shared by all users, as a proxy shares them."""

    def __init__(self, port):
        self.port = port
        self.idle = []

    async def exchange(self, method, path, headers=None, body=None):
        """Gives the answer, and the part that holds all of its bytes, unzipped."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers = {"Content-Type": "application/json", **(headers or {})}
        sent = request_bytes(method, path, headers or {}, body)
        line = await self._line()
        reader, writer = line
        writer.write(sent)
        head = await read_head(reader)
        answer = Answer(head, b"")
        part = Part(f"{method} {path}", sent)
        part.data += head
        if method != "HEAD" and answer.status not in (204, 304):
            raw = await asyncio.wait_for(reader.readexactly(int(answer.headers["content-length"])), ANSWERED_SECONDS)
            answer.body = gzip.decompress(raw) if answer.headers.get("content-encoding") == "gzip" else raw
            part.data += b"\r\n\r\n" + answer.body
            if "json" in answer.headers.get("content-type", ""):
                part.messages.append(answer.json())
        if answer.headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self.idle.append((time.monotonic(), line))
        return answer, part

    async def _line(self):
        while self.idle:
            since, line = self.idle.pop()
            if time.monotonic() - since < IDLE_SECONDS_MAX:
                return line
            line[1].close()  # the service is about to
        return await asyncio.open_connection("127.0.0.1", self.port)

    def close(self):
        for _, (_, writer) in self.idle:
            writer.close()


class Refused(Exception):
    def __init__(self, answer, part):
        super().__init__(str(answer))
        self.answer, self.part = answer, part


class Socket:
    """A WebSocket. `ask` waits for the answer with the command's `ref`; everything that comes is kept."""

    def __init__(self, part, packed):
        self.part, self.packed = part, packed
        self.asked = {}  # by ref: the command
        self.answers = {}  # by ref: a future
        self.closed = self.failed = None
        self.folds = None  # a level2.Client that takes each message

    @classmethod
    async def open(cls, port, path, headers, packed=False):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
        protocol = {"Sec-WebSocket-Protocol": "btpay.v2.msgpack"} if packed else {}
        sent = request_bytes("GET", path, {**upgrade, **protocol, **headers})
        writer.write(sent)
        part = Part(f"WebSocket {path}", sent)
        head = await read_head(reader)
        part.data += head
        answer = Answer(head, b"")
        if answer.status != 101:
            answer.body = await reader.readexactly(int(answer.headers.get("content-length", 0)))
            part.data += answer.body
            writer.close()
            raise Refused(answer, part)
        socket = cls(part, packed)
        socket._writer = writer
        socket._reading = asyncio.ensure_future(socket._read(reader))
        return socket

    async def _read(self, reader):
        try:
            while self.closed is None:
                head = await reader.readexactly(2)
                size = head[1] & 127
                if size >= 126:
                    more = await reader.readexactly(2 if size == 126 else 8)
                    head, size = head + more, int.from_bytes(more, "big")
                payload = await reader.readexactly(size)
                self.part.data += head + payload
                self._take(head[0], payload)
        except (OSError, asyncio.IncompleteReadError):
            self._fail(ConnectionError(f"{self.part.where} closed with {self.closed or 1006}"))
        except Exception as wrong:  # what came was no message, or did not fit those before
            self._fail(wrong)

    def _fail(self, reason):
        self.failed = reason
        for waiting in self.answers.values():
            if not waiting.done():
                waiting.set_exception(reason)

    def _take(self, first, payload):
        assert first & 0x80, "the service sends no fragments"
        kind = first & 15
        if kind == 8:
            self.closed = int.from_bytes(payload[:2], "big")
        elif kind == 9:
            self._send(0x8A, payload)
        elif kind in (1, 2):
            message = level2.unpacked(payload) if kind == 2 else json.loads(payload)
            self.part.messages.append(message)
            if self.folds is not None and not message["type"].endswith("_result"):
                self.folds.take(message)
            waiting = self.answers.pop(message.get("ref"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    def _send(self, first, payload):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack(">H", size)
        self._writer.write(bytes([first]) + length + b"\0\0\0\0" + payload)

    async def ask(self, command, may_repeat=False):
        """`may_repeat`: the answer may have what stands in the command."""
        if may_repeat:
            self.part.sent += json.dumps(command).encode()
        if self.failed:
            raise self.failed
        ref = f"r{len(self.asked)}"
        command = {**command, "ref": ref}
        self.asked[ref] = command
        self.answers[ref] = answer = asyncio.get_running_loop().create_future()
        self._send(*((0x82, level2.packed(command)) if self.packed else (0x81, json.dumps(command).encode())))
        try:
            return await asyncio.wait_for(answer, ANSWERED_SECONDS)
        except asyncio.TimeoutError:
            raise TimeoutError(f"{command} has no answer; {self.part}") from None

    async def close(self):
        self._reading.cancel()
        self._writer.close()


class Stream:
    """Server-Sent Events, as they come."""

    @classmethod
    async def open(cls, port, query, headers):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        path = "/finance/api/bt-pay/stream/" + query
        sent = request_bytes("GET", path, {"Accept": "text/event-stream", **headers})
        writer.write(sent)
        stream = cls()
        stream.part = Part(f"GET {path}", sent)
        head = await read_head(reader)
        stream.part.data += head
        stream.status = Answer(head, b"").status
        stream.ids = []
        stream._writer = writer
        stream._reading = asyncio.ensure_future(stream._read(reader))
        return stream

    async def _read(self, reader):
        try:
            while line := await reader.readline():
                self.part.data += line
                if line.startswith(b"data:"):
                    self.part.messages.append(json.loads(line[5:]))
                elif line.startswith(b"id:"):
                    self.ids.append(line[3:].strip().decode())
        except OSError:
            pass  # cut off

    async def close(self):
        self._reading.cancel()
        self._writer.close()
