"""A client of btpay's live socket at level 2: keeps the views of a user as the service has them, through lost connections and
lost messages, and hands over each notification once."""

import asyncio
import dataclasses
import json
import random
import re
import time
import urllib.parse

from . import socket
from .back_off import FINAL_CODES, back_off_seconds
from .commands import VIEW_COMMANDS, Commands
from .errors import BtpayError, Gone
from .events import Events
from .inbox import Inbox
from .kept_view import FOLDED, KeptView
from .requests import Requests
from .statistics import Statistics

EVERYTHING = (*VIEW_COMMANDS, "notifications")

# After a whole view was asked for and has not come, the next delta asks again.
HEAL_AGAIN_SECONDS = 5

_VIEW_MESSAGE = re.compile("(dashboard|pending|hourly|category)_(update|delta)")


@dataclasses.dataclass
class Options:
    """`headers` is a mapping, such as `{"Cookie": "sessionid=…"}` or `{"Authorization": "Bearer …"}`. In each
    interval of `interval_seconds` a view is told at most once: 0 (none), or 0.02 to 10. The last four are for tests."""

    views: tuple = EVERYTHING
    deltas: bool = True
    interval_seconds: float = 0
    headers: dict = dataclasses.field(default_factory=dict)
    resume: dict | None = None
    heartbeat_seconds: float = 30
    answer_seconds: float = 10
    command_seconds: float = 60
    connect: object = socket.connect
    clock: object = time.monotonic
    sleep: object = asyncio.sleep
    random: object = random.random


class Client(Commands):
    """Use as an asynchronous context manager. `state` is one of idle, connecting, live, waiting, refused and closed."""

    def __init__(self, url, **options):
        self._options = Options(**options)
        self._url = _level_two(url)
        self.views = {name: KeptView(name) for name in VIEW_COMMANDS}
        self.inbox = Inbox()
        self.statistics = Statistics()
        self.state = "idle"
        self.close_code = None
        self.epoch = None
        self._events = Events()
        self._requests = Requests()
        self._socket = None
        self._failures = 0
        self._heard = False
        self._pinged = (None, 0)
        self._life = None
        self._closing = False
        if self._options.resume:
            self._take_up(self._options.resume)

    # -- life

    async def __aenter__(self):
        self.connect()
        return self

    async def __aexit__(self, *_):
        await self.close()

    def connect(self):
        """Connects, and comes back whenever the connection is lost, until `close`."""
        if self._life is None:
            self._life = asyncio.ensure_future(self._live())

    async def close(self):
        if self._life is not None:
            self._closing = True
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        self._end("closed", "the client was closed")

    async def ready(self):
        """Returns when all the views asked for are there and current."""
        changed = asyncio.Event()
        offs = [self.on(event, lambda _: changed.set()) for event in ("view", "state")]
        try:
            while not (self.state == "live" and all(view.current for view in self._wanted())):
                self._check_not_gone()
                changed.clear()
                await changed.wait()
        finally:
            for off in offs:
                off()

    # -- events: view, notification, cleared, state, heal, message

    def on(self, event, listener):
        """Calls `listener(value)` at each event from now on; gives a function that ends it."""
        return self._events.on(event, listener)

    def changes(self):
        """The views as they change, as an asynchronous iterator; one that changes faster than it is read comes in its newest
        state."""
        return self._events.stream("view", lambda view: view.name)

    def notifications(self):
        return self._events.stream("notification")

    # -- position: to be kept between runs and passed as the option `resume`

    @property
    def position(self):
        if self.epoch is None:
            return None
        return {
            "epoch": self.epoch,
            "seq": self._reached(),
            "views": {
                view.name: {**view.position, "data": view.data, "count": view.count, "amount": view.amount}
                for view in self._wanted()
                if view.current
            },
        }

    # -- commands

    async def request(self, command, **members):
        """Sends a command when the connection is there; sends it again where the connection is lost before the answer."""
        self._check_not_gone()
        given = {name: value for name, value in members.items() if value is not None}
        message, answer = self._requests.open({"command": command, **given})
        if self.state == "live":
            try:
                await self._send(message)
            except socket.Lost:
                pass  # It is sent again after the next `subscribed`.
        try:
            return await asyncio.wait_for(answer, self._options.command_seconds)
        except asyncio.TimeoutError:
            raise BtpayError("timeout", f"{command}: no answer") from None

    # -- inside

    def _check_not_gone(self):
        if self.state in ("closed", "refused"):
            raise Gone(f"the client is {self.state}")

    def _wanted(self):
        return [view for name, view in self.views.items() if name in self._options.views]

    def _reached(self):
        if "notifications" in self._options.views:
            return self.inbox.seq
        return max((view.seq for view in self._wanted() if view.current), default=0)

    def _take_up(self, resume):
        self.epoch = resume["epoch"]
        self.inbox.seq = resume["seq"]
        for name, kept in resume["views"].items():
            self.views[name].replace(kept)

    def _enter(self, state):
        self.state = state
        self._events.emit("state", state)

    def _end(self, state, reason):
        self._requests.abandon(Gone(reason))
        self._enter(state)
        self._events.end()

    async def _live(self):
        while True:
            self._enter("connecting")
            try:
                await self._serve()
            except socket.Refused as refusal:
                self._end("refused", str(refusal))
                return
            except socket.Lost as lost:
                self.close_code = lost.code
            for view in self.views.values():
                if view.asked_at is not None:
                    view.forget()
            if self.close_code in FINAL_CODES:
                self._end("refused", f"the service closed the connection for good ({self.close_code})")
                return
            delay = back_off_seconds(self._failures, self._options.random)
            self._failures += 1
            self._enter("waiting")
            await self._options.sleep(delay)

    async def _serve(self):
        """One connection, until it is lost."""
        self._socket = await self._options.connect(self._url, self._options.headers)
        if self._closing:  # `asyncio.wait_for` beneath loses a cancellation that comes as the connection is there
            self._socket.abort()
            raise asyncio.CancelledError
        self.statistics.connections += 1
        tasks = [asyncio.ensure_future(self._read()), asyncio.ensure_future(self._beat())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _ended(tasks)
            await self._socket.close()
            raise
        await _ended(tasks[1:] if tasks[0].done() else tasks[:1])
        self._socket.abort()
        for task in tasks:
            if not task.cancelled():
                task.result()

    async def _read(self):
        await self._subscribe()
        while True:
            await self._receive(await self._socket.receive())

    async def _beat(self):
        """Tells a line that is dead from one that is silent."""
        every, answer = self._options.heartbeat_seconds, self._options.answer_seconds
        await self._options.sleep(every)
        while True:
            self._heard = False
            self._pinged = (f"p{self.statistics.messages_sent}", self._options.clock())
            await self._send({"command": "ping", "ref": self._pinged[0]})
            await self._options.sleep(answer)
            if not self._heard:
                raise socket.Lost(1006)
            await self._options.sleep(every - answer)

    async def _subscribe(self):
        command = {"command": "subscribe", "views": list(self._options.views), "deltas": self._options.deltas}
        if self._options.interval_seconds > 0:
            command["interval_ms"] = round(self._options.interval_seconds * 1_000)
        if self.epoch is not None:
            kept = {view.name: view.position for view in self._wanted() if view.current}
            command["resume"] = {"epoch": self.epoch, "seq": self._reached(), "views": kept}
        await self._send(command)

    async def _send(self, message):
        text = json.dumps(message, ensure_ascii=False)
        self.statistics.sent(text)
        await self._socket.send(text)

    async def _receive(self, text):
        self._heard = True
        try:
            message = json.loads(text)
        except ValueError:
            # Nobody knows what it was; resuming brings it again.
            raise socket.Lost(1006) from None
        self.statistics.received(text)
        await self._dispatch(message)
        self._requests.answer(message)
        self._events.emit("message", message)

    async def _dispatch(self, message):
        kind = message["type"]
        view_message = _VIEW_MESSAGE.fullmatch(kind)
        if kind == "subscribed":
            await self._on_subscribed(message)
        elif kind == "pong" and message.get("ref") == self._pinged[0]:
            self.statistics.answered(self._options.clock() - self._pinged[1])
        elif self.state != "live":
            return
        elif kind == "notification":
            self._on_notification(message)
        elif kind == "notification_cleared":
            if self.inbox.clear(message):
                self._events.emit("cleared", message)
        elif view_message:
            name, form = view_message.groups()
            await self._on_view(self.views["categories" if name == "category" else name], form, message)

    async def _on_subscribed(self, message):
        if not message["recovered"]:
            for view in self.views.values():
                view.forget()
            if self.epoch is not None:
                self.inbox.forget()
        self.epoch = message["epoch"]
        self._failures = 0
        self._enter("live")
        for command in self._requests.unanswered():
            await self._send(command)

    def _on_notification(self, notification):
        if "id" not in notification:
            return
        if self.inbox.receive(notification):
            self.statistics.notifications += 1
            self._events.emit("notification", notification)
        else:
            self.statistics.repeated_notifications += 1

    async def _on_view(self, view, form, message):
        if form == "update":
            view.replace(message)
            self.statistics.wholes += 1
        else:
            outcome = view.apply(message) if message["epoch"] == self.epoch else "gap"
            self.statistics.folded(outcome, message)
            if outcome != FOLDED:
                await self._heal(view, outcome)
                return
        self._events.emit("view", view)

    async def _heal(self, view, reason):
        now = self._options.clock()
        if view.asked_at is not None and now - view.asked_at < HEAL_AGAIN_SECONDS:
            return
        view.asked_at = now
        self._events.emit("heal", (view.name, reason))
        await self._send({"command": VIEW_COMMANDS[view.name]})


async def _ended(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _level_two(url):
    """Asks for a socket that is silent until `subscribe`."""
    parts = urllib.parse.urlsplit(url)
    query = [pair for pair in urllib.parse.parse_qsl(parts.query) if pair[0] != "level"] + [("level", "2")]
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    return urllib.parse.urlunsplit(parts._replace(scheme=scheme, query=urllib.parse.urlencode(query)))
