"""`explain` and `as_of` before real processes: every number of the live views is the sum of what explains it, and the
past is what btpay-replay shows of it, while everybody else goes on undisturbed."""

import datetime
import decimal
import json
import random
import time

import level2
import pytest
import rows
from documents import check_message
from service import Service

QUIET = "/ws/btpay/live/?level=2"
EXPLAINED_FIELDS_MIN = 60
SEED = random.SystemRandom().randrange(2**32)

MERCHANTS = ["Lidl", "Kaufland", "OMV 12", "eMAG.ro", "Uber", "Starbucks", "Cinema City", "Farmacia Tei"]


def moment(back):
    """So long ago, in RFC 3339."""
    return (datetime.datetime.now(datetime.timezone.utc) - back).isoformat().replace("+00:00", "Z")


def history(random_, user, count):
    """Payments of the last weeks, most of them settled, in three currencies, with refunds."""
    for _ in range(count):
        back = datetime.timedelta(minutes=random_.choice([random_.randrange(90), random_.randrange(1500), random_.randrange(50_000)]))
        amount = random_.randrange(-20_000, 3_000) / 100
        yield rows.row(
            user,
            date=moment(back),
            amount=f"{amount:.2f}",
            currency=random_.choice(["RON", "RON", "RON", "EUR", "USD"]),
            description=f"BT Pay - {random_.choice(MERCHANTS)}",
            status=random_.choice(["pending", "synced", "synced", "synced"]),
        )


@pytest.fixture(scope="module")
def filled(world):
    print(f"seed {SEED}")
    random_ = random.Random(SEED)
    world.between = []  # moments at which a part of it was known
    for user in ("bogdan", "ana"):
        for _ in range(4):
            world.between.append(moment(datetime.timedelta(0)))
            world.service.post(world.ingest, *history(random_, user, 60))
    return world


class Asker:
    """Questions and their answers, told by their `ref`; whatever else comes is kept."""

    def __init__(self, socket):
        self.socket = socket
        self.others = []
        self.last = 0

    def send(self, **question):
        self.last += 1
        self.socket.send({**question, "ref": f"q{self.last}"})
        return f"q{self.last}"

    def answer(self, ref):
        while True:
            message = json.loads(self.socket.receive_frame(), parse_float=decimal.Decimal)
            if message.get("ref") == ref:
                return message
            self.others.append(message)

    def ask(self, **question):
        return self.answer(self.send(**question))

    def all_rows(self, **question):
        """Every page of an explanation; gives its last answer and all transactions."""
        transactions, after = [], {}
        while True:
            answer = self.ask(command="explain", **question, **after)
            assert answer["type"] == "explanation", answer
            transactions += answer["transactions"]
            if answer["next"] is None:
                return answer, transactions
            after = {"after": answer["next"]}


def fields_of_sum(field, numbers):
    yield field, numbers["amount"], True
    yield f"{field}.count", numbers["count"], False
    for code, amount in numbers.get("other_amounts", {}).items():
        yield f"{field}.other_amounts.{code}", amount, True


def numbers_of(view, data):
    """Every number of a view: its field, what the view says, and whether it is an amount."""
    if view == "dashboard":
        for name, value in data.items():
            if name.endswith("_other_amounts"):
                yield from ((f"{name}.{code}", amount, True) for code, amount in value.items())
            elif name == "top_merchants":
                for merchant in value:
                    yield from fields_of_sum(f"top_merchants.{merchant['name']}", merchant)
            elif name == "recent_transactions":
                yield from ((f"{name}.{index}", item["amount"], True) for index, item in enumerate(value))
            elif name != "currency":
                yield name, value, name.endswith("_amount")
    elif view == "pending":
        yield from ((str(index), item["amount"], True) for index, item in enumerate(data))
    elif view == "hourly":
        for index, cell in enumerate(data):
            yield from fields_of_sum(str(index), cell)
    else:
        for name, category in data.items():
            for period, numbers in category.items():
                yield from fields_of_sum(f"{name}.{period}", numbers)


def check_number(asker, question, field, shown, is_amount):
    answer, transactions = asker.all_rows(**question, field=field)
    assert answer["value"] == shown, (question, field, shown, answer)
    assert answer["count"] == len(transactions)
    total = sum(row["amount"] for row in transactions)
    assert sum(answer["amounts"].values()) == total
    if is_amount:
        assert total == shown, (question, field)
    elif field == "month_merchants":
        assert len({row["merchant"] for row in transactions}) == shown
    else:
        assert len(transactions) == shown
    return answer


def whole_views(socket):
    """What the live socket says now, by view, with the position of each."""
    socket.send({"command": "subscribe"})
    asker = Asker(socket)
    asker.ask(command="ping")
    return {level2.VIEWS[m["type"].removesuffix("_update")]: m for m in asker.others if m["type"].endswith("_update")}


@pytest.mark.parametrize("user", ["ana", "bogdan"])
def test_every_number_of_the_live_views_is_the_sum_of_what_explains_it(filled, user):
    checked = 0
    with filled.service.open(user, QUIET) as socket:
        views = whole_views(socket)
        assert set(views) == {"dashboard", "pending", "hourly", "categories"}
        asker = Asker(socket)
        for view, message in views.items():
            # Exactly the view that came, whatever hour it is meanwhile.
            where = {"view": view, "seq": message["seq"], "at": message["timestamp"], "later": True}
            for field, shown, is_amount in numbers_of(view, message["data"]):
                answer = check_number(asker, where, field, shown, is_amount)
                assert (answer["seq"], answer["at"]) == (message["seq"], message["timestamp"])
                checked += 1
        pending = views["pending"]
        check_number(asker, {"view": "pending"}, "amount", pending["amount"], True)
        check_number(asker, {"view": "pending"}, "count", pending["count"], False)
    print(f"{checked} numbers of {user}")
    assert checked >= EXPLAINED_FIELDS_MIN


def test_an_explanation_follows_what_happens(filled):
    with filled.service.open("ana", QUIET) as socket:
        asker = Asker(socket)
        before = asker.ask(command="explain", view="pending", field="count")
        posted = filled.service.post(filled.ingest, rows.row("ana"))
        after = asker.ask(command="explain", view="pending", field="count")
        assert after["value"] == before["value"] + 1
        assert after["seq"] == posted["seq"] and after["epoch"] == before["epoch"]
        then = asker.ask(command="explain", view="pending", field="count", seq=before["seq"])
        assert then["value"] == before["value"]


def test_pages_of_an_explanation_are_the_whole(filled):
    with filled.service.open("ana", QUIET) as socket:
        asker = Asker(socket)
        whole, all_rows = asker.all_rows(view="dashboard", field="month_transactions", limit=500)
        paged, in_pages = asker.all_rows(view="dashboard", field="month_transactions", limit=7)
        assert in_pages == all_rows and len(all_rows) == whole["value"] > 7
        assert [row["date"] for row in all_rows] == sorted((row["date"] for row in all_rows), reverse=True)
        assert paged["amounts"] == whole["amounts"]


def test_an_unknown_field_is_refused_with_those_that_are_there(filled):
    with filled.service.open("ana", QUIET) as socket:
        asker = Asker(socket)
        for view, told in (("dashboard", "month_merchants"), ("pending", "amount"), ("hourly", "0 to 23"), ("categories", "NAME.week")):
            answer = asker.ask(command="explain", view=view, field="fortune")
            assert (answer["type"], answer["code"]) == ("error", "unknown_item")
            assert told in answer["message"]


def test_a_moment_of_the_past_has_nothing_that_is_dated_later(filled):
    at, later = moment(datetime.timedelta(hours=2)), moment(datetime.timedelta(hours=1))
    with filled.service.open("bogdan", QUIET) as socket:
        asker = Asker(socket)

        def told(**options):
            data = asker.ask(command="as_of", view="dashboard", at=at, **options)["data"]
            arguments = ["--later"] if options else []
            shown = filled.service.replay("show", "dashboard", "--user", "bogdan", "--at", at, *arguments)
            assert data == json.loads(shown, parse_float=decimal.Decimal)
            return data

        before, with_later = told(), told(later=True)
        filled.service.post(filled.ingest, rows.row("bogdan", date=later))
        assert told() == before
        assert told(later=True)["pending_count"] == with_later["pending_count"] + 1
        for options in ({}, {"later": True}):
            why = asker.ask(command="explain", view="dashboard", field="pending_count", at=at, **options)
            assert why["value"] == told(**options)["pending_count"]


@pytest.mark.parametrize("known", [False, True])
def test_the_past_is_what_replay_shows_of_it(filled, known):
    random_ = random.Random(SEED + known)
    with filled.service.open("ana", QUIET) as socket:
        asker = Asker(socket)
        for _ in range(8):
            at = moment(datetime.timedelta(seconds=random_.randrange(40 * 86_400)))
            options = {"known_at": random_.choice(filled.between)} if known else {}
            answer = asker.ask(command="as_of", at=at, **options)
            assert answer["type"] == "as_of_result", answer
            assert answer["at"] == at.replace(".000000", "")
            for view, data in answer["views"].items():
                arguments = ["--known-at", options["known_at"]] if known else []
                shown = filled.service.replay("show", view, "--user", "ana", "--at", at, *arguments)
                assert data == json.loads(shown, parse_float=decimal.Decimal), (view, at, options)
                one = asker.ask(command="as_of", view=view, at=at, **options)
                assert one["data"] == data and one["seq"] == answer["seq"]


def test_a_position_shows_what_was_there_then(filled):
    with filled.service.open("ana", QUIET) as socket:
        asker = Asker(socket)
        at = moment(datetime.timedelta(0))
        head = asker.ask(command="as_of", view="pending", at=at)["seq"]
        for seq in (0, 3, head // 2, head):
            answer = asker.ask(command="as_of", view="dashboard", at=at, seq=seq)
            shown = filled.service.replay("show", "dashboard", "--user", "ana", "--at", at, "--seq", str(seq))
            assert answer["data"] == json.loads(shown, parse_float=decimal.Decimal)
            assert answer["seq"] <= seq


def test_moments_that_are_not_past_are_refused_and_those_before_everything_are_empty(filled):
    with filled.service.open("ana", QUIET) as socket:
        asker = Asker(socket)
        later = moment(datetime.timedelta(hours=-1))
        for question in ({"at": later}, {"at": moment(datetime.timedelta(0)), "known_at": later}, {"at": later[:10]}, {}):
            answer = asker.ask(command="as_of", view="pending", **question)
            assert answer["type"] == "error", answer
        answer = asker.ask(command="as_of", at="1999-01-01T00:00:00Z", known_at="1999-01-01T00:00:00Z")
        assert answer["seq"] == 0
        assert answer["views"]["dashboard"]["pending_count"] == 0 and answer["views"]["pending"] == []


def test_answers_are_what_the_document_says_and_the_same_over_http_and_messagepack(filled):
    questions = [
        {"command": "explain", "view": "dashboard", "field": "month_amount", "limit": 3, "ref": "a"},
        {"command": "as_of", "view": "hourly", "at": moment(datetime.timedelta(days=1)), "ref": "b"},
        {"command": "as_of", "at": moment(datetime.timedelta(days=1)), "known_at": moment(datetime.timedelta(seconds=5)), "ref": "c"},
    ]
    cookie = filled.service.log_in("bogdan")
    with filled.service.open("bogdan", QUIET) as text, filled.service.open("bogdan", QUIET, subprotocols=["btpay.v2.msgpack"]) as packed:
        for question in questions:
            text.send(question)
            told = text.receive()
            check_message(question, question["command"])
            check_message(told)
            posted = filled.service.http("POST", "/finance/api/bt-pay/command/", question, cookie=cookie)
            assert posted.status == 200
            packed.send(level2.packed(question))
            for other in (posted.json(), level2.unpacked(packed.receive_frame())):
                for moving in ("timestamp", *(("at",) if "at" not in question else ())):
                    other[moving] = told[moving]
                assert other == told
    refused = filled.service.http("POST", "/finance/api/bt-pay/command/", {"command": "explain", "view": "hourly", "field": "24"}, cookie=cookie)
    assert refused.status == 404 and refused.json()["code"] == "unknown_item"


def test_level_1_may_ask_too(filled):
    with filled.service.greeted("ana") as socket:
        answer = Asker(socket).ask(command="explain", view="dashboard", field="pending_amount")
        assert answer["type"] == "explanation"


def test_everybody_goes_on_while_a_long_history_is_folded(filled):
    """A user with many transactions asks again and again; another's commands and pushes keep their pace."""
    service = filled.service
    many, at_once = 30_000, 2_500
    for _ in range(many // at_once):
        service.post(filled.ingest, *(rows.row("carmen", status="synced") for _ in range(at_once)))
    with service.open("carmen", QUIET) as big, service.open("ana", QUIET) as small:
        heavy, light = Asker(big), Asker(small)
        small.send({"command": "subscribe", "deltas": True})
        light.ask(command="ping")
        before = time.monotonic()
        at = moment(datetime.timedelta(seconds=1))
        # What leaves nothing out is kept; `known_at` makes each a fold of its own.
        waiting = [heavy.send(command="as_of", view="dashboard", at=at, known_at=at) for _ in range(4)]
        pings = []
        for _ in range(20):
            start = time.monotonic()
            light.ask(command="ping")
            heavy_start = time.monotonic()
            ping = heavy.send(command="ping")
            pings.append(heavy_start - start)
            while not any(m.get("ref") == ping for m in heavy.others):
                heavy.others.append(json.loads(big.receive_frame()))
        posted = service.post(filled.ingest, rows.row("ana"))
        while not any(m["type"] == "pending_delta" and m["seq"] == posted["seq"] for m in light.others):
            light.others.append(json.loads(small.receive_frame()))
        assert light.ask(command="explain", view="pending", field="count")["seq"] == posted["seq"]
        for ref in waiting:
            told = next((m for m in heavy.others if m.get("ref") == ref), None) or heavy.answer(ref)
            assert told["type"] == "as_of_result"
        print(f"4 folds of {many} events in {time.monotonic() - before:.2f} s, slowest ping meanwhile {max(pings) * 1000:.0f} ms")
        counted = heavy.ask(command="explain", view="dashboard", field="month_transactions", limit=0)
        assert counted["count"] == many and counted["transactions"] == []


def test_too_many_questions_are_refused_and_nothing_else_suffers(filled):
    with filled.service.open("ana", QUIET) as socket:
        asker = Asker(socket)
        at = moment(datetime.timedelta(days=3))
        refs = [asker.send(command="as_of", at=at) for _ in range(60)]
        answers = [asker.answer(ref) for ref in refs if not any(m.get("ref") == ref for m in asker.others)]
        answers += [m for m in asker.others if m.get("ref") in refs]
        assert len(answers) == len(refs)
        refused = [m for m in answers if m["type"] == "error"]
        assert all(m["code"] == "overloaded" for m in refused)
        assert asker.ask(command="as_of", view="pending", at=at)["type"] == "as_of_result"


def test_the_preset_explains_its_own_numbers(tmp_path):
    random_ = random.Random(SEED)
    service = Service(tmp_path, "--compat", "moneymanager")
    try:
        service.add_user("ana")
        token = service.token("ingest")
        service.start()
        service.post(token, *history(random_, "ana", 80))
        with service.open("ana", QUIET) as socket:
            asker = Asker(socket)
            for view, message in whole_views(socket).items():
                where = {"view": view, "seq": message["seq"], "at": message["timestamp"], "later": True}
                for field, shown, is_amount in numbers_of(view, message["data"]):
                    check_number(asker, where, field, shown, is_amount)
            at = moment(datetime.timedelta(days=2))
            told = asker.ask(command="as_of", at=at)["views"]
        assert service.stop() == 0, service.errors()
        for view, data in told.items():
            shown = service.replay("show", view, "--user", "ana", "--at", at, "--compat", "moneymanager")
            assert data == json.loads(shown, parse_float=decimal.Decimal)
    finally:
        service.kill()
