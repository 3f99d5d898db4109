"""A client of Server-Sent Events, reading as the html standard says (section 9.2.6)."""

import http.client
import json
import queue
import threading

import client

PATH = "/finance/api/bt-pay/stream/"


class Event:
    def __init__(self, name, data, last_id):
        self.name, self.data, self.id = name, json.loads(data), last_id

    def __repr__(self):
        return f"Event({self.name}, {self.id}, {self.data})"


class Stream:
    """An open stream, read on a thread of its own. `events` end with None when the stream does."""

    def __init__(self, port, query="", *, cookie=None, token=None, last_id=None):
        self.comments = []
        self.retry = None
        self.last_id = last_id or ""
        self._events = queue.Queue()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        sent = {"Accept": "text/event-stream"}
        if cookie:
            sent["Cookie"] = f"sessionid={cookie}"
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if last_id:
            sent["Last-Event-ID"] = last_id
        self._connection.request("GET", PATH + ("?" + query if query else ""), headers=sent)
        self._socket = self._connection.sock
        self.response = self._connection.getresponse()
        if self.response.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Goes without a word."""
        try:
            self._socket.shutdown(2)
        except OSError:
            pass  # it is gone already
        self._connection.close()

    def _read(self):
        name, data, last_id = "message", [], self.last_id
        try:
            for line in iter(self.response.readline, b""):
                field, _, value = line.decode().rstrip("\n").partition(":")
                value = value.removeprefix(" ")
                if line == b"\n":
                    self.last_id = last_id
                    if data:
                        self._events.put(Event(name, "\n".join(data), last_id))
                    name, data = "message", []
                elif not field:
                    self.comments.append(value)
                elif field == "event":
                    name = value
                elif field == "data":
                    data.append(value)
                elif field == "id":
                    last_id = value
                elif field == "retry":
                    self.retry = int(value)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # cut off
        self._events.put(None)

    def next(self, seconds=client.ANSWERED_SECONDS):
        """The next event, or None at the end."""
        try:
            return self._events.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"no event within {seconds} s") from None

    def until(self, name, wanted=lambda event: True):
        """The next event of that name (for which `wanted` holds)."""
        while (event := self.next()) is not None:
            if event.name == name and wanted(event):
                return event
        raise AssertionError(f"the stream ended before {name}; {self.comments}")

    def rest(self):
        """All events up to the end of the stream."""
        return list(iter(self.next, None))
