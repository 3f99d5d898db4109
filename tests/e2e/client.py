"""HTTP and WebSockets as plain calls that always end: each has a time-out."""

import asyncio
import concurrent.futures
import dataclasses
import http.client
import http.cookies
import json
import threading
import time

import websockets

ANSWERED_SECONDS = 20


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes
    set_cookies: list

    def json(self):
        return json.loads(self.body)

    def cookie(self, name):
        for line in self.set_cookies:
            jar = http.cookies.SimpleCookie(line)
            if name in jar:
                return jar[name].value
        raise AssertionError(f"no cookie {name} in {self}")


def http_connection(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERED_SECONDS)


def http_exchange(connection, method, path, body=None, *, token=None, cookie=None, headers=()):
    """One request on an open connection. `body`: bytes as they are, text as they are, anything else as JSON."""
    sent = dict(headers)
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    if cookie is not None:
        sent["Cookie"] = f"sessionid={cookie}"
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
        sent.setdefault("Content-Type", "application/json")
    if isinstance(body, str):
        body = body.encode()
    connection.request(method, path, body=body, headers=sent)
    response = connection.getresponse()
    return Answer(
        response.status,
        {name.lower(): value for name, value in response.getheaders()},
        response.read(),
        response.headers.get_all("Set-Cookie") or [],
    )


def http_once(port, method, path, body=None, **options):
    connection = http_connection(port)
    try:
        return http_exchange(connection, method, path, body, **options)
    finally:
        connection.close()


class _Loop:
    """An event loop on a thread of its own, so that control frames are answered while a test computes."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, awaitable, seconds=ANSWERED_SECONDS):
        future = asyncio.run_coroutine_threadsafe(awaitable, self.loop)
        try:
            return future.result(seconds)
        except concurrent.futures.TimeoutError:
            future.cancel()
            raise TimeoutError(f"nothing within {seconds} s") from None


_loop = _Loop()


class Socket:
    """A WebSocket client. Use as a context manager, or close it."""

    def __init__(self, port, path, cookie=None, headers=(), **options):
        sent = list(dict(headers).items())
        if cookie is not None:
            sent.append(("Cookie", f"sessionid={cookie}"))
        self._socket = _loop.run(
            self._connect(f"ws://127.0.0.1:{port}{path}", extra_headers=sent, **options), ANSWERED_SECONDS
        )

    @staticmethod
    async def _connect(url, **options):
        options = {"max_size": None, "ping_interval": None, "open_timeout": ANSWERED_SECONDS, **options}
        return await websockets.connect(url, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        _loop.run(self._socket.close())

    def abort(self):
        """Goes without a word, as a client that has lost its network."""
        _loop.loop.call_soon_threadsafe(self._socket.transport.abort)

    def send(self, message):
        """Text and bytes as they are, anything else as JSON."""
        if not isinstance(message, (str, bytes)):
            message = json.dumps(message)
        _loop.run(self._socket.send(message))

    def send_too_much(self, message):
        """Sends what the service refuses before it has read it all."""
        try:
            self.send(message)
        except websockets.ConnectionClosed:
            pass  # the code is asked for next

    def command(self, name):
        self.send({"command": name})

    def receive(self, seconds=ANSWERED_SECONDS):
        """The next message."""
        text = _loop.run(self._socket.recv(), seconds)
        assert isinstance(text, str), f"a binary frame: {text!r}"
        return json.loads(text)

    def receive_frame(self, seconds=ANSWERED_SECONDS):
        """The next message as it is."""
        return _loop.run(self._socket.recv(), seconds)

    @property
    def subprotocol(self):
        return self._socket.subprotocol

    @property
    def extensions(self):
        return self._socket.extensions

    def receive_until(self, wanted, seconds=ANSWERED_SECONDS):
        """All messages up to the first for which `wanted(message)` holds, that one included; `seconds` for all of them,
        since some message comes every few seconds."""
        deadline = time.monotonic() + seconds
        messages = []
        while not (messages and wanted(messages[-1])):
            messages.append(self.receive(max(deadline - time.monotonic(), 0)))
        return messages

    def receive_type(self, kind, wanted=lambda message: True):
        """The next message of that type (for which `wanted` holds)."""
        return self.receive_until(lambda message: message["type"] == kind and wanted(message))[-1]

    def ask(self, command, kind):
        """The answer to a command: answers keep their order, so it is the last message of its type before the pong."""
        self.command(command)
        if kind == "pong":
            return self.receive_type(kind)
        self.command("ping")
        return [message for message in self.receive_until(lambda m: m["type"] == "pong") if message["type"] == kind][-1]

    def close_code(self):
        """The code with which the service closes; everything before is read and dropped."""
        try:
            while True:
                _loop.run(self._socket.recv())
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


def refused_upgrade(port, path, **options):
    """The HTTP status with which a WebSocket is refused."""
    try:
        Socket(port, path, **options).close()
    except websockets.InvalidStatusCode as refusal:
        return refusal.status_code
    return 101
