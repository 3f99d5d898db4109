"""What one user may try upon another. Whatever names another's is answered as if it were about nothing."""

import json
import re

from doors import NAME
from residents import ALL_VIEWS, COMMAND, MADE_UP, NOBODY_ID, base64url

LIVE = "/ws/btpay/live/"


def plain(answer, *replaced):
    """An answer without its moment, and with what was asked for called the same."""
    text = json.dumps({key: value for key, value in answer.items() if key not in ("timestamp", "ref", "at", "seq")}, sort_keys=True)
    for each in replaced:
        text = re.sub(rf"(?<![\w.]){re.escape(each)}(?![\w.])", "X", text)
    return text


class Intruder:
    """A resident as seen by the others."""

    def __init__(self, resident, victim):
        self.me, self.victim = resident, victim
        self.town, self.rng = resident.town, resident.rng

    def same(self, theirs, nothing):
        """While the intruder's own numbers change beside, answers about nothing do so, too."""
        assert not self.town.quiet or theirs == nothing, (theirs, nothing)

    async def say(self, command):
        """On any channel. The answer may repeat what was asked."""
        channel = self.rng.choice(("live", "live2", "packed", "post"))
        if channel == "post":
            return (await self.me.http("POST", COMMAND, command)).json()
        if "zq" not in json.dumps(command).lower():
            return await self.me.mine[channel].ask(command)
        socket = await self.me.socket(LIVE + "?level=2", channel == "packed")
        answer = await socket.ask(command, may_repeat=True)
        await socket.close()
        return answer

    async def about(self, command, **theirs):
        """The same command about the victim's and about nothing; gives the answer, which is the same."""
        nothing = {key: MADE_UP if isinstance(value, str) else NOBODY_ID for key, value in theirs.items()}
        nothing = {key: value if key != "field" else theirs[key].replace(theirs[key].split(".", 1)[1][:12], MADE_UP) for key, value in nothing.items()}
        answers = [await self.say({**command, **of}) for of in (theirs, nothing)]
        self.same(*(plain(answer, *map(str, of.values())) for answer, of in zip(answers, (theirs, nothing))))
        return answers[0]

    # -- the ways

    async def decide_by_id(self):
        ids = await self.victim.ids()
        id = self.rng.choice(ids) if ids else NOBODY_ID
        for command in ({"command": "categorize", "category": "food"}, {"command": "uncategorize"}, {"command": "remove"}, {"command": "restore"}):
            assert (await self.about(command, id=id)).get("code") == "unknown_item"
        for name in ("unmatch", "decline"):
            assert (await self.about({"command": name}, booked=id)).get("code") == "unknown_item"
        assert (await self.about({"command": "match"}, booked=id, pending=id)).get("code") == "unknown_item"
        for mine in await self.me.ids():
            assert (await self.about({"command": "match", "booked": mine}, pending=id))["type"] == "error"
            break

    async def see_notifications(self):
        for name in ("ack", "read"):
            answer = await self.about({"command": name}, id=self.rng.choice(self.victim.notified()))
            assert answer.get("changed", 0) == 0, answer

    async def ask_by_name(self):
        merchant = self.rng.choice(self.victim.merchants)
        assert (await self.about({"command": "forget"}, merchant=merchant))["changed"] == 0
        for view, field in (("dashboard", f"top_merchants.{merchant}"), ("dashboard", f"top_merchants.{merchant.capitalize()}.count")):
            await self.about({"command": "explain", "view": view}, field=field)
        for category in self.victim.categories[-1:]:
            await self.about({"command": "explain", "view": "categories", "field": category + ".week"})

    async def page_by_id(self):
        for id in (await self.victim.ids())[:1]:
            await self.about({"command": "explain", "view": "dashboard", "field": "pending_count"}, after=id)

    async def list_by_name(self):
        listed = "/finance/api/bt-pay/transactions/?days=30&"
        questions = [f"merchant={self.rng.choice(self.victim.merchants)}", *(f"category={one}" for one in self.victim.categories[-1:])]
        for question in questions:
            assert (await self.me.http("GET", listed + question)).json() == {"transactions": [], "count": 0, "next": None}
        for id in (await self.victim.ids())[:1]:
            theirs, nothing = [await self.me.http("GET", f"{listed}after={one}") for one in (id, NOBODY_ID)]
            self.same(plain(theirs.json(), str(id)), plain(nothing.json(), str(NOBODY_ID)))

    async def open_pages(self):
        pages = [await self.me.http("GET", f"/finance/bt-pay/merchant/{one}/") for one in (self.rng.choice(self.victim.merchants), MADE_UP)]
        assert (pages[0].status, pages[0].body) == (pages[1].status, pages[1].body)

    async def pose(self):
        """Says to be the victim wherever some program might believe it."""
        name = self.victim.name
        posing = {"X-Forwarded-User": name, "X-Remote-User": name, "X-User": name, "X-Forwarded-For": "127.0.0.2", "From": name}
        for view in ("dashboard", "pending", "review", "transactions", "stats"):
            path = f"/finance/api/bt-pay/{view}/"
            mine = await self.me.http("GET", path, headers=posing)
            assert mine.status == 200, mine
            await self.me.http("GET", f"{path}?user={name}&username={name}")
        answer = await self.say({"command": "as_of", "at": "2026-01-01T00:00:00Z", "user": name})
        assert answer["type"] in ("as_of_result", "error")
        await (await self.me.stream(f"{ALL_VIEWS}&duration=1&user={name}")).close()

    async def post_for_them(self):
        ingest, theirs = "/api/v1/transactions", self.rng.choice(self.victim.rows)
        answers = []
        for name in (self.victim.name, MADE_UP):
            rows = [{**theirs, "user": name}, {**theirs, "user": name, "amount": "-1.00"}, {**theirs, "user": name, "withdrawn": True}]
            answers.append((await self.me.http("POST", ingest, {"transactions": rows}, way="token")).json())
            assert [one["code"] for one in answers[-1]["rejected"]] == ["forbidden"] * 3, answers
        assert answers[0] == answers[1]
        identity = {"external_id": theirs["external_id"], "source": theirs["source"], "withdrawn": True}
        withdrawals = [{"transactions": [identity]}, {"transactions": [{**identity, "external_id": MADE_UP}]}]
        taken = [(await self.me.http("POST", ingest, each, way="token")).json() for each in withdrawals]
        assert taken[0]["withdrawn"] == 0, taken
        self.same(*map(plain, taken))

    async def operate(self):
        """With what is no operator's."""
        name = self.victim.name
        bodies = {"name": name, "user": name, "password": "another password", "disabled": True, "scopes": ["admin"], "level": "info", "message": MADE_UP}
        for method, path in self.town.endpoints:
            if path.startswith("/admin/") or path == "/api/v1/notifications":
                for way in ("cookie", "token", "jwt", "app"):
                    answer = await self.me.http(method, path, bodies if method == "POST" else None, way=way)
                    assert answer.status in (401, 403, 404), (path, answer)

    async def forge(self):
        """Secrets that are nearly the victim's."""
        cookie, token = self.victim.cookie, self.victim.token
        body = base64url(json.dumps({"sub": self.victim.name, "exp": 4102444800}).encode())
        head, _, signature = self.me.shown("jwt")["Authorization"].split()[1].split(".")
        wrong = [
            {"Cookie": f"sessionid={cookie[:10]}{'A' if cookie[10] != 'A' else 'B'}{cookie[11:]}"},
            {"Cookie": f"sessionid={cookie[:-2]}"},
            {"Cookie": f"sessionid={self.victim.name}"},
            {"Cookie": f"sessionid={token}"},
            {"Cookie": f"app={MADE_UP}"},
            {"Authorization": f"Bearer {token[:10]}{'A' if token[10] != 'A' else 'B'}{token[11:]}"},
            {"Authorization": f"Bearer {cookie}"},
            {"Authorization": f"Bearer {head}.{body}.{signature}"},
            {"Authorization": f"Bearer {base64url(b'{' + b'}')}.{body}."},
            {"Authorization": "Bearer " + base64url(b'{"alg":"none"}') + f".{body}."},
        ]
        for shown in wrong:
            await self.town.stranger("GET", self.rng.choice(("/finance/api/bt-pay/dashboard/", "/finance/api/bt-pay/stream/")), shown, expected=401)
            await self.town.stranger("POST", COMMAND, shown, {"command": "request_data"}, expected=401)
            await self.town.stranger_socket(self.rng.choice((LIVE, "/ws/btpay/notify/")), shown)
        await self.town.stranger("POST", "/logout?everywhere", wrong[0], b"", expected=303)

    async def guess(self):
        """A wrong password tells nothing, not even that there is such a user."""
        told = [await self.town.stranger("POST", "/login", {}, {"username": one, "password": "wrong"}) for one in (self.victim.name, MADE_UP)]
        assert {one.status for one in told} <= {401, 429, 503}, told
        if told[0].status == told[1].status == 401:
            assert told[0].body == told[1].body, told

    def tries(self):
        ways = [self.decide_by_id, self.see_notifications, self.ask_by_name, self.page_by_id, self.list_by_name, self.open_pages, self.pose,
                self.post_for_them, self.operate, self.forge]  # fmt: skip
        return ways + ([self.guess] if self.rng.random() < 0.2 else [])


def paths_for_strangers(endpoints):
    return [path.replace(NAME, "dashboard.js") for method, path in endpoints if method == "GET"]
