"""The WebSocket beneath, by the library `websockets`, old and new."""

import websockets

_NEW_NAMES = int(websockets.__version__.split(".", 1)[0]) >= 14
_REFUSED = getattr(websockets, "InvalidStatus", None) if _NEW_NAMES else websockets.InvalidStatusCode


class Refused(Exception):
    """The upgrade was refused: there is no valid log-in."""


class Lost(Exception):
    """The connection is gone; `code` says how, 1006 where nothing was said."""

    def __init__(self, code):
        super().__init__(f"connection closed with {code}")
        self.code = code


class Socket:
    """Text frames in and out."""

    def __init__(self, inner):
        self._inner = inner

    async def send(self, text):
        try:
            await self._inner.send(text)
        except websockets.ConnectionClosed as closed:
            raise Lost(_code(closed)) from None

    async def receive(self):
        try:
            return await self._inner.recv()
        except websockets.ConnectionClosed as closed:
            raise Lost(_code(closed)) from None

    async def close(self):
        await self._inner.close()

    def abort(self):
        """Goes without waiting for the other side."""
        self._inner.transport.abort()


async def connect(url, headers):
    names = {"additional_headers" if _NEW_NAMES else "extra_headers": headers}
    try:
        return Socket(await websockets.connect(url, ping_interval=None, max_size=None, close_timeout=2, **names))
    except _REFUSED as refusal:
        status = refusal.response.status_code if _NEW_NAMES else refusal.status_code
        if status in (401, 403):
            raise Refused(f"the upgrade was refused with {status}") from None
        raise Lost(1006) from None
    except (OSError, TimeoutError, websockets.WebSocketException):
        raise Lost(1006) from None


def _code(closed):
    return closed.rcvd.code if closed.rcvd else 1006
