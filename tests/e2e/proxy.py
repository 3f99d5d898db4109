"""A TCP proxy on this machine that does to connections what networks do: cuts them in the middle of a byte stream, lets
them stall, and, for proof that clients notice, loses or changes a frame."""

import asyncio

HEAD_END = b"\r\n\r\n"
TEXT_FRAME = 0x81


class Proxy:
    """Owned by one event loop. `target` is the port of the service, which may change when the service is restarted."""

    def __init__(self, target):
        self.target = target
        self.port = None
        self.lines = set()
        # From the text of a frame of the service to another text, or None for none; None as a whole for no change.
        self.edit = None
        self._server = None

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for line in list(self.lines):
            line.cut()

    async def _serve(self, reader, writer):
        try:
            upstream = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        line = Line(self, (reader, writer), upstream)
        self.lines.add(line)
        try:
            await line.run()
        finally:
            self.lines.discard(line)


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy, client, service):
        self._proxy = proxy
        self._client = client
        self._service = service
        # How many more bytes pass before the line is cut; None for no end.
        self.down_bytes = None
        self.up_bytes = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._frames = FrameEditor()

    def cut(self):
        """Without a word in either direction."""
        self._flowing.set()
        for _, writer in (self._client, self._service):
            writer.transport.abort()

    def stall(self):
        """Reads no more of what the service says."""
        self._flowing.clear()

    def flow(self):
        self._flowing.set()

    async def run(self):
        pumps = [asyncio.ensure_future(self._down()), asyncio.ensure_future(self._up())]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        self.cut()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _down(self):
        reader, writer = self._service[0], self._client[1]
        while data := await reader.read(65536):
            await self._flowing.wait()
            data = self._frames.pass_on(data, self._proxy.edit)
            if self.down_bytes is not None:
                self.down_bytes -= len(data)
                if self.down_bytes <= 0:
                    await self._last(writer, data[: len(data) + self.down_bytes])
                    return
            writer.write(data)
            await writer.drain()

    async def _up(self):
        reader, writer = self._client[0], self._service[1]
        while data := await reader.read(65536):
            if self.up_bytes is not None:
                self.up_bytes -= len(data)
                if self.up_bytes <= 0:
                    await self._last(writer, data[: len(data) + self.up_bytes])
                    return
            writer.write(data)
            await writer.drain()

    @staticmethod
    async def _last(writer, data):
        """What passes before the cut does arrive."""
        writer.write(data)
        await writer.drain()


class FrameEditor:
    """Finds the frames of a service in a stream of bytes (RFC 6455: not masked), after the head of the upgrade."""

    def __init__(self):
        self._kept = b""
        self._upgraded = False

    def pass_on(self, data, edit):
        """The bytes to hand on now. A frame that has not come whole is kept until it has."""
        self._kept += data
        passed = b""
        if not self._upgraded:
            head, end, rest = self._kept.partition(HEAD_END)
            if not end:
                return b""
            passed, self._kept, self._upgraded = head + end, rest, True
        while (frame := self._next()) is not None:
            passed += self._edited(*frame, edit)
        return passed

    def _next(self):
        """Kind, payload and bytes of the next frame, taken out; None where it is not whole."""
        data = self._kept
        if len(data) < 2:
            return None
        length, begin = data[1] & 0x7F, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(data) < begin + size:
                return None
            length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
        end = begin + length
        if len(data) < end:
            return None
        self._kept = data[end:]
        return data[0], data[begin:end], data[:end]

    @staticmethod
    def _edited(kind, payload, frame, edit):
        if edit is None or kind != TEXT_FRAME:
            return frame
        text = edit(payload.decode())
        if text is None:
            return b""
        payload = text.encode()
        if len(payload) < 126:
            return bytes([kind, len(payload)]) + payload
        size, mark = (2, 126) if len(payload) < 65536 else (8, 127)
        return bytes([kind, mark]) + len(payload).to_bytes(size, "big") + payload
