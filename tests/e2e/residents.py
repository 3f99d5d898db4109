"""Users who do all that a user may do, and try all that one may not, at once. test_isolation.py says what has to hold."""

import asyncio
import base64
import functools
import hashlib
import hmac
import json
import time

import doors
import level2
import recording
from rows import now

COMMAND = "/finance/api/bt-pay/command/"
ALL_VIEWS = "?views=dashboard,pending,hourly,categories,notifications&deltas=true"
CHANNELS = ("live", "live2", "packed", "post")
WAYS = ("cookie", "token", "jwt", "app")
JWT_KEY = b"0123456789abcdef0123456789abcdef"
NOBODY_ID = 4_000_000_000
# Of a word, so that an answer to it is about nothing.
MADE_UP = "zqabcdefghij"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt_of(name):
    head = base64url(b'{"alg":"HS256"}') + "." + base64url(json.dumps({"sub": name, "exp": int(time.time()) + 86400}).encode())
    return head + "." + base64url(hmac.new(JWT_KEY, head.encode(), hashlib.sha256).digest())


class Resident:
    """One user: secrets, devices, and everything that they heard."""

    def __init__(self, town, name):
        self.town, self.name = town, name
        self.rng, self.book = town.rng, town.book
        self.parts = []
        self.cookie = self.token = None
        self.etags = {}
        self.merchants, self.categories, self.rows = [], [], []
        self.mine = {"live": None, "live2": None, "packed": None, "bell": None, "stream": None}
        self.matched, self.notifications = [], []

    # -- doors

    def shown(self, way=None):
        way = way or self.rng.choice(WAYS)
        if way == "cookie":
            return {"Cookie": f"sessionid={self.cookie}"}
        if way == "app":
            return {"Cookie": f"app={self.name}"}
        return {"Authorization": "Bearer " + (self.token if way == "token" else jwt_of(self.name))}

    async def http(self, method, path, body=None, headers=None, **options):
        if self.rng.random() < 0.3:
            headers = {**(headers or {}), "Accept-Encoding": "gzip"}
        answer, part = await self.town.exchange(method, path, {**self.shown(options.get("way")), **(headers or {})}, body)
        self.parts.append(part)
        return answer

    async def socket(self, path, packed=False, way=None):
        socket = await recording.Socket.open(self.town.port, path, self.shown(way), packed)
        self.parts.append(socket.part)
        self.town.drove("WebSocket", path, 101)
        return socket

    async def stream(self, query, headers=None):
        stream = await recording.Stream.open(self.town.port, query, {**self.shown(), **(headers or {})})
        self.parts.append(stream.part)
        self.town.drove("GET", "/finance/api/bt-pay/stream/", stream.status)
        return stream

    async def move_in(self):
        answer, part = await self.town.exchange("POST", "/login", {}, {"username": self.name, "password": self.town.password})
        assert answer.status == 200, answer
        self.cookie = self.book.secret(self.name, answer.headers["set-cookie"].split("=", 1)[1].split(";")[0])
        self.parts.append(part)
        await self.pay(6)
        await self.pay_ambiguously()
        self.mine["live"] = await self.socket("/ws/btpay/live/")
        self.mine["bell"] = await self.socket("/ws/btpay/notify/")
        for device, packed in (("live2", False), ("packed", True)):
            socket = self.mine[device] = await self.socket("/ws/btpay/live/?level=2", packed)
            socket.folds = level2.Client()
            await socket.ask({"command": "subscribe", "deltas": True})
        self.mine["stream"] = await self.stream(ALL_VIEWS)
        self.mine["summary"] = await self.stream("")

    async def move_out(self):
        for device in self.mine.values():
            await device.close()

    def forget(self, kept):
        """All that was heard, once it was looked through; open devices go on."""
        for message in self.mine["bell"].part.messages:
            self.notifications += [message["id"]] if "id" in message else []
        for part in kept:
            part.data.clear()
            part.messages.clear()
        self.parts = kept

    # -- what one has

    def row(self, **fields):
        book = self.book
        merchant = self.rng.choice(self.merchants) if self.merchants and self.rng.random() < 0.5 else book.word(self.name)
        if merchant not in self.merchants:
            self.merchants.append(merchant)
        hundredths = book.amount(self.name)
        row = {
            "external_id": book.word(self.name),
            "source": book.word(self.name),
            "user": self.name,
            "date": now(),
            "amount": f"-{hundredths // 100}.{hundredths % 100:02}",
            "currency": self.rng.choice(("RON", "RON", "EUR")),
            "description": f"BT Pay - {merchant.capitalize()} {book.word(self.name)}",
            **fields,
        }
        if self.rng.random() < 0.4:
            row["merchant"] = merchant
        if self.rng.random() < 0.4 and "bank_status" not in row:
            self.categories.append(book.word(self.name))
            row |= {"category": self.categories[-1], "status": "synced"}
        self.rows.append(row)
        return row

    async def pay(self, count=None):
        rows = [self.row() for _ in range(count or self.rng.randrange(1, 4))]
        if self.rng.random() < 0.3:
            rows.append({**self.rng.choice(self.rows), "amount": rows[0]["amount"]})  # a correction
        if self.rng.random() < 0.2:
            rows.append({key: self.rng.choice(self.rows)[key] for key in ("external_id", "source", "user")} | {"withdrawn": True})
        form = {"Content-Type": "application/x-ndjson"} if self.rng.random() < 0.3 else {"Content-Type": "application/json"}
        body = "\n".join(map(json.dumps, rows)).encode() if "ndjson" in form["Content-Type"] else {"transactions": rows}
        answer = await self.http("POST", "/api/v1/transactions", body, form, way="token")
        assert answer.status == 200, answer

    async def pay_ambiguously(self):
        """What waits for a decision: one booked, and two pending ones that it may be."""
        for _ in range(2):
            first = self.row(bank_status="pending", currency="RON")
            rows = [first, {**first, "external_id": self.book.word(self.name)}]
            booked = {**first, "external_id": self.book.word(self.name), "bank_status": "booked"}
            for batch in (rows, [booked]):
                await self.http("POST", "/api/v1/transactions", {"transactions": batch}, way="token")

    async def ids(self):
        listed = (await self.http("GET", "/finance/api/bt-pay/transactions/?days=30")).json()["transactions"]
        return [one["id"] for one in listed]

    def notified(self):
        new = [message["id"] for message in self.mine["bell"].part.messages if "id" in message]
        return (self.notifications + new)[-50:] or [NOBODY_ID]

    # -- commands

    async def command(self, channel, command):
        if channel == "post":
            answer = (await self.http("POST", COMMAND, command)).json()
        else:
            answer = await self.mine[channel].ask(command)
        self.town.commanded(command["command"], channel, answer)
        return answer

    async def reviews(self):
        return (await self.http("GET", "/finance/api/bt-pay/review/")).json()

    async def a_command(self, name, channel):
        """The members that make sense for it, of what the user has."""
        if name == "subscribe":
            return await self.subscribe(channel)
        if name in ("unmatch", "restore", "uncategorize", "forget"):
            await self.a_command({"unmatch": "match", "restore": "remove"}.get(name, "categorize"), channel)
        ids = await self.ids()
        id = self.rng.choice(ids) if ids else NOBODY_ID
        members = {}
        if name == "categorize":
            self.categories.append(self.book.word(self.name))
            listed = (await self.http("GET", "/finance/api/bt-pay/pending/")).json()
            item = self.rng.choice(listed) if listed else {"id": id, "merchant": None}
            self.remembered = item
            members = {"id": item["id"], "category": self.categories[-1], "remember": True}
        elif name in ("remove", "restore", "uncategorize"):
            members = {"id": id if name == "remove" else self.removed if name == "restore" else self.remembered["id"]}
            self.removed = id
        elif name in ("match", "decline", "unmatch"):
            waiting = await self.reviews()
            if name != "unmatch" and not waiting:
                await self.pay_ambiguously()
                waiting = await self.reviews()
            if name == "match" and waiting:
                self.matched.append(waiting[0]["booked"]["id"])
                members = {"booked": self.matched[-1], "pending": waiting[0]["candidates"][0]["id"]}
            else:
                members = {"booked": waiting[0]["booked"]["id"] if name == "decline" and waiting else (self.matched or [id])[-1]}
            members = members if "pending" in members or name != "match" else {"booked": id, "pending": id}
        elif name == "forget":
            members = {"merchant": self.remembered["merchant"] or "nobody"}
        elif name == "set_alerts":
            limit = self.book.amount(self.name) / 100
            budgets = [{"category": self.rng.choice(self.categories or ["food"]), "amount": limit, "currency": "RON"}]
            members = {"large_from": {"amount": limit, "currency": "RON"}, "budgets": budgets, "new_merchant": True}
        elif name in ("ack", "read"):
            members = {"ids": self.rng.sample(self.notified(), 1)}
        elif name == "explain":
            view, field = self.rng.choice((("dashboard", "pending_amount"), ("pending", "count"), ("hourly", "23"), ("dashboard", "month_amount")))
            members = {"view": view, "field": field}
        elif name == "as_of":
            members = {"at": now()[:19] + "Z"}
        return await self.command(channel, {"command": name, **members})

    async def subscribe(self, channel):
        """On a socket of its own, with the position of another: what comes is one's own."""
        other = self.town.somebody_else(self)
        socket = await self.socket("/ws/btpay/live/" + self.rng.choice(("", "?level=2")), channel == "packed")
        folds = (other if self.rng.random() < 0.8 else self).mine["live2"].folds
        views = {name: {"seq": kept["seq"], "timestamp": kept["timestamp"]} for name, kept in folds.views.items()}
        resume = {"epoch": folds.epoch, "seq": folds.notified, "notifications": folds.notified, "views": views}
        form = {"deltas": self.rng.random() < 0.7, "interval_ms": self.rng.choice((0, 20, 500))}
        answer = await socket.ask({"command": "subscribe", **form, "resume": resume})
        self.town.commanded("subscribe", channel, answer)
        assert (await socket.ask({"command": "ping"}))["type"] == "pong"
        await socket.close()

    # -- everything else that a user does

    async def look(self, path, other):
        """A GET, again with the ETag, and with that of another."""
        if path.endswith("/stream/"):
            await (await self.stream(ALL_VIEWS + "&duration=1", {"Last-Event-ID": self.rng.choice(other.mine["stream"].ids or ["x"])})).close()
            return
        path = path.replace("merchant/NAME", f"merchant/{self.rng.choice(self.merchants)}").replace("NAME", "dashboard.js")
        answer = await self.http("GET", path)
        if "etag" not in answer.headers:
            return
        self.etags[path] = answer.headers["etag"]
        again = await self.http("GET", path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status in (200, 304), again
        if path in other.etags and path.split("/")[-2] in ("dashboard", "pending", "categories", "transactions") and "/api/" in path:
            # The data of no two users are the same, so another's is never what one has.
            assert (await self.http("GET", path, headers={"If-None-Match": other.etags[path]})).status == 200

    async def log_in_and_out(self):
        answer, part = await self.town.exchange("POST", "/login", {}, {"username": self.name, "password": self.town.password})
        self.parts.append(part)
        if answer.status in (429, 503):
            return
        cookie = self.book.secret(self.name, answer.headers["set-cookie"].split("=", 1)[1].split(";")[0])
        _, part = await self.town.exchange("POST", "/logout", {"Cookie": f"sessionid={cookie}"}, b"")
        self.parts.append(part)
        gone, part = await self.town.exchange("GET", "/finance/api/bt-pay/dashboard/", {"Cookie": f"sessionid={cookie}"})
        self.parts.append(part)
        assert gone.status == 401, gone

    def day(self, gets):
        """Each door and each command once, in any order; the channels differ from user to user."""
        number = self.town.residents.index(self)
        deeds = [functools.partial(self.look, path, self.town.somebody_else(self)) for path in gets]
        for index, name in enumerate(sorted(doors.commands())):
            deeds.append(functools.partial(self.a_command, name, CHANNELS[(number + index + self.town.days) % len(CHANNELS)]))
        deeds += [self.pay] * 3
        deeds.append(functools.partial(self.http, "POST", "/finance/bt-pay/auto-categorize/", b""))
        if self.rng.random() < 0.3:
            deeds.append(self.log_in_and_out)
        return deeds

    async def live(self, deeds):
        self.rng.shuffle(deeds)
        while deeds:
            together = [deeds.pop() for _ in range(min(len(deeds), self.rng.randrange(1, 4)))]
            await asyncio.gather(*(deed() for deed in together))
