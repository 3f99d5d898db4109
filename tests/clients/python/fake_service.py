"""The service's side of level 2, as docs/PROTOCOL.md tells it, in memory; and a time that stands still."""

import asyncio
import heapq
import itertools
import json

from btpay_client import hash_of
from btpay_client.socket import Lost
from differ import difference

KINDS = {"dashboard": "dashboard", "pending": "pending", "hourly": "hourly", "categories": "category"}
REQUESTS = {
    "request_data": "dashboard",
    "request_pending": "pending",
    "request_hourly": "hourly",
    "request_categories": "categories",
}
HASH_EVERY = 8


async def settle():
    """Lets all run that can."""
    for _ in range(30):
        await asyncio.sleep(0)


class FakeTime:
    def __init__(self):
        self.now = 0
        self._due = []
        self._numbers = itertools.count()

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._due, (self.now + seconds, next(self._numbers), woken))
        await woken

    async def advance(self, seconds):
        """Moves on, and does what falls due, in its order."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now, _, woken = heapq.heappop(self._due)
            if not woken.done():
                woken.set_result(None)
            await settle()
        self.now = end


class FakeService:
    def __init__(self, data):
        self.epoch = "0123456789ab"
        self.seq = 1
        self.history = {view: [(1, first)] for view, first in data.items()}  # every state, with its position
        self.notifications = []
        self.sockets = []
        self.urls = []
        self.received = []
        # How a text fares on its way to the client: as it is, changed, or None where it is lost.
        self.on_its_way = lambda text: text
        # Answers a command with members of its answer; None for no answer.
        self.answers = lambda command: {"changed": 1}
        self.open = True

    def data(self, view):
        return self.history[view][-1][1]

    async def connect(self, url, _headers):
        self.urls.append(url)
        if not self.open:
            raise Lost(1006)
        self.sockets.append(FakeSocket(self))
        return self.sockets[-1]

    def cut(self, code=1006):
        for socket in self.live():
            socket.end(code)

    def live(self):
        return [socket for socket in self.sockets if socket.code is None]

    def change(self, view, data):
        self.seq += 1
        self.history[view].append((self.seq, data))
        for socket in self.live():
            socket.send_delta(view)

    def stamped(self, kind, **members):
        return {"type": kind, "epoch": self.epoch, "seq": self.seq, **members, "timestamp": "T"}

    def notify(self, message):
        self.seq += 1
        self.notifications.append(self.stamped("notification", id=self.seq, message=message, level="info"))
        for socket in self.live():
            if socket.views is not None:
                socket.put(self.notifications[-1])
        return self.seq

    def clear(self, identity):
        self.seq += 1
        self.notifications = [one for one in self.notifications if one["id"] != identity]
        for socket in self.live():
            socket.put(self.stamped("notification_cleared", id=identity, how="read"))


class FakeSocket:
    def __init__(self, service):
        self.service = service
        self.code = None
        self.views = None  # subscribed to: the position of the last message, and how many deltas there were
        self._queue = asyncio.Queue()

    # -- as the client sees it

    async def send(self, text):
        if self.code is not None:
            raise Lost(self.code)
        self._hear(json.loads(text))

    async def receive(self):
        text = await self._queue.get()
        if text is None:
            raise Lost(self.code)
        return text

    async def close(self):
        self.end(1000)

    def abort(self):
        self.end(1006)

    # -- as the service does

    def end(self, code):
        if self.code is None:
            self.code = code
            self._queue.put_nowait(None)

    def put(self, message):
        text = self.service.on_its_way(json.dumps(message))
        if text is not None and self.code is None:
            self._queue.put_nowait(text)

    def _hear(self, command):
        self.service.received.append(command)
        ref = {"ref": command["ref"]} if "ref" in command else {}
        name = command["command"]
        if name == "subscribe":
            self._subscribe(command["views"], command.get("resume"))
        elif name == "ping":
            self.put({"type": "pong", "timestamp": "T", **ref})
        elif name in REQUESTS:
            self.send_whole(REQUESTS[name], ref)
        else:
            answer = self.service.answers(command)
            if answer is not None:
                self.put({**self.service.stamped(f"{name}_result"), **answer, **ref})

    def _subscribe(self, views, resume):
        service = self.service
        recovered = bool(resume) and resume["epoch"] == service.epoch and resume["seq"] <= service.seq
        self.views = {}
        self.put(service.stamped("subscribed", recovered=recovered, views=views))
        for view in views:
            kept = resume["views"].get(view) if recovered else None
            if view not in service.history:
                continue
            if kept and any(at == kept["seq"] for at, _ in service.history[view]):
                self.views[view] = [kept["seq"], 0]
                self.send_delta(view, hashed=True)
            else:
                self.send_whole(view)
        for one in service.notifications:
            if not recovered or one["seq"] > resume["seq"]:
                self.put(one)

    def send_whole(self, view, members=()):
        seq, data = self.service.history[view][-1]
        if self.views is not None:
            self.views[view] = [seq, 0]
        totals = {"count": len(data), "amount": 0} if view == "pending" else {}
        self.put(self.service.stamped(f"{KINDS[view]}_update", data=data, **totals) | {"seq": seq, **dict(members)})

    def send_delta(self, view, hashed=False):
        if self.views is None or view not in self.views:
            return
        sent = self.views[view]
        seq, data = self.service.history[view][-1]
        before = next(data for at, data in self.service.history[view] if at == sent[0])
        sent[1] += not hashed
        hashed = {"hash": hash_of(data)} if hashed or sent[1] % HASH_EVERY == 0 else {}
        totals = {"count": len(data), "amount": 0} if view == "pending" else {}
        changes = difference(view, before, data)
        self.put(self.service.stamped(f"{KINDS[view]}_delta", prev=sent[0], **changes, **totals, **hashed) | {"seq": seq})
        sent[0] = seq
