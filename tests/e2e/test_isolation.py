"""Many users at once through every door and every command, each trying the others' ids, names, positions and secrets: nobody
hears a word, an amount or an id of another, the log and the metrics tell none, and what is stored is each one's own.

Doors and commands are those of the documents: one that nobody went through fails the test. ROUNDS=200 for a long run, SEED=…
for the same choices again (not the same timing).
"""

import asyncio
import base64
import concurrent.futures
import json
import os
import random
import time

import doors
import intruder
import pytest
import recording
from residents import CHANNELS, JWT_KEY, MADE_UP, Resident
from secrets_of_users import Book
from service import PASSWORD, Service

ROUNDS = int(os.environ.get("ROUNDS", "1"))
SECONDS_MAX = float(os.environ.get("SECONDS", "900"))
USERS = 12
VIEWS = ("dashboard", "pending", "hourly", "categories")
AGREED_SECONDS = 30


class Town:
    """The service, who lives there, and what was tried."""

    def __init__(self, service, seed):
        self.service, self.port, self.password = service, service.port, PASSWORD
        self.rng = random.Random(seed)
        self.book = Book(self.rng)
        self.lines = recording.Lines(service.port)
        self.endpoints = doors.endpoints()
        self.driven, self.commands = set(), set()
        self.quiet = False  # nobody changes anything
        self.residents, self.strangers, self.days, self.asked, self.heard = [], [], 0, 0, 0

    # -- what was done

    def drove(self, method, path, status):
        self.asked += 1
        if status < 400:
            self.driven.add(doors.endpoint_of(method, path, self.endpoints))

    def commanded(self, name, channel, answer):
        self.asked += 1
        assert answer.get("code") not in ("unknown_command", "malformed", "missing_field", "wrong_type"), (name, answer)
        if answer["type"] != "error":
            self.commands.add((name, channel))

    async def exchange(self, method, path, headers=None, body=None):
        answer, part = await self.lines.exchange(method, path, headers, body)
        self.drove(method, path, answer.status)
        return answer, part

    # -- others

    def somebody_else(self, resident):
        return self.rng.choice([one for one in self.residents if one is not resident])

    async def stranger(self, method, path, headers, body=None, expected=None):
        answer, part = await self.exchange(method, path, headers, body)
        self.strangers.append(part)
        assert expected in (None, answer.status), (path, headers, answer)
        return answer

    async def stranger_socket(self, path, headers):
        with pytest.raises(recording.Refused) as refused:
            await recording.Socket.open(self.port, path, headers)
        assert refused.value.answer.status == 403
        self.strangers.append(refused.value.part)

    async def operator(self, admin):
        """Does all of an operator's work, on an account that nobody else uses, and notifies."""
        name, show = self.book.word(everybody=True), {"Authorization": f"Bearer {admin}"}

        async def post(path, body):
            answer, _ = await self.exchange("POST", path, show, body)
            assert answer.status < 300, (path, answer)
            return answer.json() if answer.body else None

        await post("/admin/users", {"name": name, "password": PASSWORD, "zone": "Asia/Tokyo"})
        listed, _ = await self.exchange("GET", "/admin/users", show)
        assert name in {one["name"] for one in listed.json()["users"]}
        await post("/admin/users/password", {"name": name, "password": "another one"})
        token = (await post("/admin/tokens", {"scopes": ["ingest"], "user": name}))["token"]
        listed, _ = await self.exchange("GET", "/admin/tokens", show)
        await post("/admin/tokens/revoke", {"id": next(one["id"] for one in listed.json()["tokens"] if one["user"] == name)})
        await self.stranger("GET", "/finance/api/bt-pay/dashboard/", {"Authorization": f"Bearer {token}"}, expected=401)
        sessions, _ = await self.exchange("GET", "/admin/sessions", show)
        assert len(sessions.json()["sockets"]) >= USERS
        await post("/admin/sessions/close", {"user": name})
        await post("/admin/users/disabled", {"name": name, "disabled": True})
        await post("/admin/log-level", {"level": self.rng.choice(("trace", "debug"))})
        await post("/admin/users/set", {"name": name, "zone": "Europe/Berlin"})
        await post("/admin/reload", {})
        key = self.book.word(everybody=True)
        for each in self.residents:  # of one key, and yet each one's own
            hundredths = self.book.amount(each.name)
            body = {"user": each.name, "message": self.book.word(each.name), "key": key, "note": self.book.word(each.name)}
            await post("/api/v1/notifications", {**body, "amount": hundredths / 100, "currency": "RON"})
        two = [each.name for each in self.rng.sample(self.residents, 2)]
        await post("/api/v1/notifications", {"users": two, "message": self.book.word(*two)})
        await post("/api/v1/notifications", {"all": True, "message": self.book.word(everybody=True)})
        word = self.book.word(everybody=True)
        await asyncio.to_thread(self.service.tool, "btpay-notify", "--all", "--message", word, "--level", "warning")

    async def application(self, reader, writer):
        """The other application that knows who somebody is by its cookie; it takes its time."""
        try:
            head = (await recording.read_head(reader)).decode("latin-1")
            name = next((one.partition("app=")[2].split(";")[0].strip() for one in head.split("\r\n") if "app=" in one), "")
            await asyncio.sleep(self.rng.random() / 20)
            known = any(name == each.name for each in self.residents)
            body = json.dumps({"username": name} if known else {}).encode()
            first = "200 OK" if known else "401 Unauthorized"
            writer.write(f"HTTP/1.1 {first}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
        finally:
            writer.close()

    # -- a day

    async def day(self, admin):
        gets = sorted(path for method, path in self.endpoints if method == "GET" and not path.startswith("/admin/"))
        deeds = [one.day(gets) + intruder.Intruder(one, self.somebody_else(one)).tries() for one in self.residents]
        looks = [self.stranger("GET", path, {}) for path in intruder.paths_for_strangers(self.endpoints)]
        lives = [one.live(each) for one, each in zip(self.residents, deeds)]
        await asyncio.gather(self.operator(admin), *looks, *lives)
        self.days += 1

    async def only_intrude(self):
        """Nobody does anything for a while but try what is not allowed; nothing at all may come of it."""
        before = await asyncio.to_thread(self.stored)
        self.quiet = True
        await asyncio.gather(*(one.live(intruder.Intruder(one, self.somebody_else(one)).tries()) for one in self.residents))
        self.quiet = False
        assert await asyncio.to_thread(self.stored) == before

    def stored(self):
        """What is on disk: the whole log, and each view of some users at one moment."""
        watched = self.residents[self.days % 3 :: 3]  # a process for each view and user takes its time
        shows = [(view, one.name) for one in watched for view in (*VIEWS, "stats")]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            views = pool.map(lambda one: self.service.replay("show", one[0], "--user", one[1], "--at", self.moment), shows)
            return self.service.replay("export"), dict(zip(shows, views))

    # -- what has to hold

    async def agreed(self):
        """What each one's sockets of level 2 have folded is what the service has, and every device is still there."""
        for each in self.residents:
            deadline = time.monotonic() + AGREED_SECONDS
            while True:
                has = {view: (await each.http("GET", f"/finance/api/bt-pay/{view}/")).json() for view in VIEWS}
                folds = [each.mine[device].folds.views for device in ("live2", "packed")]
                if all(fold[view]["data"] == has[view] for fold in folds for view in VIEWS):
                    break
                assert time.monotonic() < deadline, (each.name, has, folds)
                await asyncio.sleep(0.05)
            for device in ("live", "live2", "packed", "bell"):
                assert (await each.mine[device].ask({"command": "ping"}))["type"] == "pong"

    async def nothing_leaked(self):
        export, views = await asyncio.to_thread(self.stored)
        events = [json.loads(line) for line in export.split("\n") if line]
        names = {event["user"]: event["data"]["name"] for event in events if event["type"] == "user_opened"}
        self.book.ids = {event["seq"]: names[event["user"]] for event in events if event["type"] in ("transaction_imported", "notification_posted")}
        assert set(self.book.ids.values()) >= {one.name for one in self.residents}
        for event in events:
            if names[event["user"]] in self.book.primes:
                self.check(names[event["user"]], self.stored_part(event), "in the log")
        for (view, name), shown in views.items():
            self.check(name, self.stored_part(json.loads(shown)), f"in {view}")
        for each in self.residents:
            for part in each.parts:
                self.check(each.name, part, "heard")
            kept = [device.part for device in each.mine.values()]
            each.forget(kept)
        for part in self.strangers:
            self.check(None, part, "heard by a stranger")
        self.strangers.clear()
        told = recording.Part("the log of the service")
        told.data += (self.service.folder / "stderr").read_bytes() + "\n".join(self.service.printed).encode()
        self.check(None, told, "said")

    @staticmethod
    def stored_part(value):
        part = recording.Part("the store")
        part.data += json.dumps(value).encode()
        part.messages.append(value)
        return part

    def check(self, name, part, how):
        self.heard += len(part.data)
        leaks = list(self.book.leaks(part, name))
        assert not leaks, f"{leaks} {how} by {name}: {part}"

    def all_were_driven(self):
        missing = self.endpoints - self.driven
        assert not missing, f"nobody went through {sorted(missing)}"
        wanted = {(name, channel) for name in doors.commands() for channel in CHANNELS[:3]}
        wanted |= {(name, "post") for name in doors.posted_commands()}
        assert self.commands >= wanted, f"nobody was answered {sorted(wanted - self.commands)}"


async def lived(town, admin):
    begun, town.moment = time.monotonic(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    await asyncio.gather(*(each.move_in() for each in town.residents))
    echo = await recording.Socket.open(town.port, "/ws/echo", {})
    await echo.close()
    town.drove("WebSocket", "/ws/echo", 101)
    while town.days < ROUNDS and time.monotonic() - begun < SECONDS_MAX:
        await town.day(admin)
        await town.agreed()
        await town.only_intrude()
        await town.nothing_leaked()
        if town.days % 10 == 0:
            print(f"{town.days} rounds, {time.monotonic() - begun:.0f} s", flush=True)
    for each in town.residents:
        await each.move_out()
    answer, _ = await town.exchange("POST", "/admin/drain", {"Authorization": f"Bearer {admin}"}, {})
    assert answer.status == 202, answer
    town.lines.close()
    print(f"{town.days} rounds of {USERS} users in {time.monotonic() - begun:.0f} s: {town.asked} requests and commands, "
          f"{town.heard} bytes looked through for {len(town.book.owners)} words, {len(town.book.ids)} ids")  # fmt: skip


def populated(service, town):
    """Makes the users while the store is stopped; gives the operator's token."""
    for number in range(USERS):
        name = town.book.user()
        zone, currency = (("Europe/Bucharest", "RON"), ("UTC", "EUR"), ("America/New_York", "RON"))[number % 3]
        service.add_user(name, "--zone", zone, "--home-currency", currency)
        resident = Resident(town, name)
        resident.token = town.book.secret(name, service.token("ingest", "--user", name))
        town.residents.append(resident)
    return town.book.secret(MADE_UP, service.token("admin"))


async def live(service, town):
    admin = populated(service, town)
    async with await asyncio.start_server(town.application, "127.0.0.1", 0) as application:
        url = f"http://127.0.0.1:{application.sockets[0].getsockname()[1]}/whoami"
        service.options += ("--forward-auth", url)
        town.port = town.lines.port = service.start().port
        await lived(town, admin)
    assert service.process.wait(60) == 0, service.errors()
    service.process = None
    town.all_were_driven()


def test_nobody_hears_or_moves_what_is_anothers(tmp_path):
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"SEED={seed}")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"kty": "oct", "k": base64.urlsafe_b64encode(JWT_KEY).decode().rstrip("=")}))
    service = Service(tmp_path, "--jwt-keys", str(keys), "--test-echo", "--log-level", "trace")
    try:
        asyncio.run(live(service, Town(service, seed)))
    finally:
        service.kill()


@pytest.fixture
def book():
    made = Book(random.Random(1))
    made.names = made.user(), made.user()
    return made


def part_of(text, sent=b"", messages=()):
    part = recording.Part("here", sent)
    part.data += text
    part.messages += messages
    return part


def test_what_is_anothers_is_noticed(book):
    mine, theirs = book.names
    word, hundredths = book.word(theirs), book.amount(theirs)
    book.secret(theirs, "their-cookie")
    book.ids = {5: theirs, 6: mine}
    for leak in (
        part_of(word.upper().encode()),
        part_of(b"their-cookie"),
        part_of(b"", messages=[{"data": [{"amount": hundredths / 100}]}]),
        part_of(b"", messages=[{"today_amount": (hundredths + book.amount(mine)) / 100}]),
        part_of(b"", messages=[{"message": f"{hundredths / 100:.2f} RON spent"}]),
        part_of(b"", messages=[[{"id": 5}]]),
        part_of(b"", messages=[{"next": 5}]),
    ):
        assert list(book.leaks(leak, mine)), leak
        assert not list(book.leaks(leak, theirs)) or leak.messages
    own = (book.amount(mine) + book.amount(mine)) / 100
    assert not list(book.leaks(part_of(word.encode(), word.encode(), [{"amount": own, "id": 6}]), mine))
