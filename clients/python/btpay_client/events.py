"""Events to call-backs and to asynchronous iterators."""

import asyncio
import collections


class Events:
    def __init__(self):
        self._listeners = collections.defaultdict(list)
        self._streams = collections.defaultdict(list)

    def on(self, event, listener):
        """Gives a function that ends it."""
        self._listeners[event].append(listener)
        return lambda: self._listeners[event].remove(listener)

    def emit(self, event, value):
        for listener in list(self._listeners[event]):
            listener(value)
        for stream in list(self._streams[event]):
            stream.put(value)

    def end(self):
        """No more of anything: iterators stop when they have been read."""
        for streams in self._streams.values():
            for stream in streams:
                stream.end()

    def stream(self, event, key_of=None):
        """What happens from now on. A newer value takes the place of one not yet read of the same key; without `key_of` all
        are kept."""
        stream = Stream(key_of)
        self._streams[event].append(stream)
        return stream


class Stream:
    def __init__(self, key_of):
        self._key_of = key_of
        self._queue = []
        self._ended = False
        self._changed = asyncio.Event()

    def put(self, value):
        if self._key_of is not None:
            self._queue = [queued for queued in self._queue if self._key_of(queued) != self._key_of(value)]
        self._queue.append(value)
        self._changed.set()

    def end(self):
        self._ended = True
        self._changed.set()

    def __aiter__(self):
        return self

    async def __anext__(self):
        while not self._queue:
            if self._ended:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        return self._queue.pop(0)
