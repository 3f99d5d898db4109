"""The client against a service in memory, in a time that stands still."""

import asyncio
import inspect
import json
import random

import pytest
from btpay_client import BtpayError, Client, Gone, canonical
from differ import VIEWS, nearby, random_data
from fake_service import FakeService, FakeTime, settle


class Setting:
    def __init__(self, **options):
        self.rng = random.Random(7)
        self.service = FakeService({view: random_data(view, self.rng) for view in VIEWS})
        self.time = FakeTime()
        self.client = self.another(**options)

    def another(self, **options):
        time, service = self.time, self.service
        settings = {"connect": service.connect, "clock": time.clock, "sleep": time.sleep, "random": lambda: 0.5}
        return Client("http://localhost/ws/btpay/live/", **{**settings, **options})

    async def __aenter__(self):
        self.client.connect()
        await settle()
        return self

    async def __aexit__(self, *_):
        await self.client.close()

    def heard(self, event, client=None):
        seen = []
        (client or self.client).on(event, seen.append)
        return seen

    async def change(self, view, data=None):
        self.service.change(view, random_data(view, self.rng) if data is None else data)
        await settle()

    def check_agreed(self, client=None):
        for view, kept in (client or self.client).views.items():
            assert canonical(kept.data) == canonical(self.service.data(view)), view
            assert kept.seq == self.service.history[view][-1][0], view


def in_loop(story):
    """Runs an asynchronous test in a loop of its own."""

    def run(**fixtures):
        asyncio.run(asyncio.wait_for(story(**fixtures), 60))

    run.__signature__ = inspect.signature(story)  # where pytest reads which fixtures are wanted
    return run


@in_loop
async def test_a_socket_that_is_silent_until_subscribe_is_asked_for():
    async with Setting() as here:
        assert here.service.urls == ["ws://localhost/ws/btpay/live/?level=2"]
        assert here.service.received == [{"command": "subscribe", "views": [*VIEWS, "notifications"], "deltas": True}]
        await here.client.ready()
        here.check_agreed()


@in_loop
async def test_an_interval_is_asked_for_where_one_is_wanted():
    async with Setting(interval_seconds=0.125) as here:
        assert here.service.received[0]["interval_ms"] == 125


@in_loop
async def test_deltas_are_folded_and_hashes_are_proved():
    async with Setting() as here:
        for _ in range(24):
            await here.change("pending")
        here.check_agreed()
        assert (here.client.statistics.deltas, here.client.statistics.hashes_fit) == (24, 3)
        assert here.client.views["pending"].count == len(here.service.data("pending"))


@in_loop
async def test_a_lost_delta_is_healed_at_the_next_one():
    async with Setting() as here:
        heals = here.heard("heal")
        here.service.on_its_way = lambda text: None
        await here.change("hourly")
        here.service.on_its_way = lambda text: text
        await here.change("hourly")
        here.check_agreed()
        assert heals == [("hourly", "gap")]
        assert here.service.received[-1] == {"command": "request_hourly"}


@in_loop
async def test_a_changed_number_is_healed_at_the_next_hash():
    async with Setting() as here:
        heals = here.heard("heal")
        here.service.on_its_way = lambda text: text.replace(": 77", ": 78") if "_delta" in text else text
        for count in range(8):
            await here.change("dashboard", {"today_amount": 77, "pending_count": count})
        here.check_agreed()
        assert heals == [("dashboard", "hash")]


@in_loop
async def test_deltas_are_passed_over_until_the_whole_view_comes_which_is_asked_for_again():
    async with Setting() as here:
        here.service.on_its_way = lambda text: None
        await here.change("pending")
        here.service.on_its_way = lambda text: None if "pending_update" in text else text
        for _ in range(3):
            await here.change("pending")
        assert [command["command"] for command in here.service.received].count("request_pending") == 1
        assert not here.client.views["pending"].current
        await here.time.advance(5)
        here.service.on_its_way = lambda text: text
        await here.change("pending")
        assert [command["command"] for command in here.service.received].count("request_pending") == 2
        here.check_agreed()


@in_loop
async def test_a_message_that_cannot_be_read_ends_the_connection_and_resuming_brings_it_again():
    async with Setting() as here:
        told = here.heard("notification")
        here.service.on_its_way = lambda text: text[:-3]
        here.service.notify("salary")
        await settle()
        assert here.client.state == "waiting"
        here.service.on_its_way = lambda text: text
        await here.time.advance(1)
        assert [one["message"] for one in told] == ["salary"]


@in_loop
async def test_a_lost_connection_is_resumed_from_its_position_with_deltas():
    async with Setting() as here:
        first = here.service.notify("one")
        await settle()
        seq = here.client.views["pending"].seq
        here.service.cut()
        await settle()
        assert here.client.state == "waiting"
        await here.change("pending")
        here.service.notify("two")
        told = here.heard("notification")
        await here.time.advance(0.75)
        resume = here.service.received[-1]["resume"]
        assert (resume["epoch"], resume["seq"]) == (here.service.epoch, first)
        assert resume["views"]["pending"] == {"seq": seq, "timestamp": "T"}
        here.check_agreed()
        assert [one["message"] for one in told] == ["two"]
        assert (here.client.statistics.reconnects, here.client.statistics.wholes) == (1, 4)


@in_loop
async def test_another_log_throws_away_what_was_kept():
    async with Setting() as here:
        here.service.notify("of the old log")
        here.service.cut()
        await settle()
        here.service.epoch, here.service.notifications = "ba9876543210", []
        here.service.notify("of the new log")
        await here.time.advance(1)
        assert here.client.epoch == "ba9876543210"
        assert [one["message"] for one in here.client.inbox.unread.values()] == ["of the new log"]
        here.check_agreed()


@in_loop
async def test_the_back_off_doubles_to_half_a_minute_and_starts_anew_after_a_success():
    async with Setting() as here:
        waits = []

        async def sleep(seconds):
            waits.append(seconds)
            await here.time.sleep(seconds)

        await here.client.close()
        here.service.open = False
        client = here.another(sleep=sleep)
        client.connect()
        await settle()
        for _ in range(6):
            await here.time.advance(waits[-1])
        here.service.open = True
        await here.time.advance(waits[-1])
        here.service.cut(1001)
        await settle()
        await client.close()
        assert [wait for wait in waits if wait != 30] == [0.75, 1.5, 3, 6, 12, 22.5, 22.5, 0.75]


@pytest.mark.parametrize("code", [1008, 1009])
def test_after_a_final_code_nobody_comes_again(code):
    async def story():
        async with Setting() as here:
            here.service.answers = lambda command: None
            answer = asyncio.ensure_future(here.client.remove(1))
            await settle()
            here.service.cut(code)
            await here.time.advance(100)
            assert (len(here.service.urls), here.client.state, here.client.close_code) == (1, "refused", code)
            with pytest.raises(Gone):
                await answer
            with pytest.raises(Gone):
                await here.client.ready()

    asyncio.run(story())


@in_loop
async def test_closing_ends_a_connection_that_comes_at_the_same_moment():
    asked = asyncio.Event()
    service = FakeService({view: random_data(view, random.Random(7)) for view in VIEWS})

    async def connect(url, headers):
        """Loses a cancellation, as `asyncio.wait_for` may before Python 3.12."""
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return await service.connect(url, headers)

    client = Client("http://localhost/ws/btpay/live/", connect=connect)
    client.connect()
    await asked.wait()
    await client.close()
    assert client.state == "closed"
    assert not service.live()


@in_loop
async def test_a_line_that_is_silent_after_a_ping_is_given_up():
    async with Setting() as here:
        await here.time.advance(30)
        assert here.service.received[-1]["command"] == "ping"
        assert here.client.statistics.latency_seconds == 0
        await here.time.advance(30)
        assert here.client.state == "live"
        here.service.on_its_way = lambda text: None
        await here.time.advance(40)
        assert here.client.state == "waiting"


@in_loop
async def test_each_notification_is_told_once_and_stays_until_it_is_cleared():
    async with Setting() as here:
        told, cleared = here.heard("notification"), here.heard("cleared")
        identity = here.service.notify("one")
        here.service.live()[0].put(here.service.notifications[0])
        await settle()
        assert (len(told), here.client.statistics.repeated_notifications) == (1, 1)
        here.service.clear(identity)
        await settle()
        assert not here.client.inbox.unread
        assert [one["id"] for one in cleared] == [identity]


@in_loop
async def test_each_command_is_sent_as_the_protocol_names_it_and_gives_its_own_answer():
    async with Setting() as here:
        client = here.client
        sent = [
            (client.categorize(1, "food", remember=True), {"command": "categorize", "id": 1, "category": "food", "remember": True}),
            (client.uncategorize(1), {"command": "uncategorize", "id": 1}),
            (client.remove(1), {"command": "remove", "id": 1}),
            (client.restore(1), {"command": "restore", "id": 1}),
            (client.match(2, 1), {"command": "match", "booked": 2, "pending": 1}),
            (client.unmatch(2), {"command": "unmatch", "booked": 2}),
            (client.decline(2), {"command": "decline", "booked": 2}),
            (client.forget("Lidl"), {"command": "forget", "merchant": "Lidl"}),
            (client.set_alerts(new_merchant=False), {"command": "set_alerts", "new_merchant": False}),
            (client.ack(5), {"command": "ack", "ids": [5]}),
            (client.read([5, 6]), {"command": "read", "ids": [5, 6]}),
            (client.explain("hourly", "3"), {"command": "explain", "view": "hourly", "field": "3"}),
            (client.explain("pending", "count", limit=5, after=9, at="T", known_at="T2", seq=0), {"command": "explain", "view": "pending", "field": "count", "limit": 5, "after": 9, "at": "T", "known_at": "T2", "seq": 0}),
            (client.as_of(["pending", "hourly"], "T"), {"command": "as_of", "views": ["pending", "hourly"], "at": "T"}),
            (client.as_of("pending", "T", seq=7), {"command": "as_of", "view": "pending", "at": "T", "seq": 7}),
            (client.as_of("pending", "T", "T2"), {"command": "as_of", "view": "pending", "at": "T", "known_at": "T2"}),
            (client.request_review(), {"command": "request_review"}),
            (client.auto_categorize(), {"command": "auto_categorize"}),
        ]
        for asked, command in sent:
            answer = await asked
            assert here.service.received[-1] == {**command, "ref": answer["ref"]}


@in_loop
async def test_all_pages_of_an_explanation_are_of_one_moment():
    async with Setting() as here:
        pages = [[3, 2], [1]]
        here.service.answers = lambda sent: (
            {"type": "explanation", "value": 6, "at": "T", "seq": 41, "transactions": pages.pop(0), "next": 2 if pages else None}
            if sent["command"] == "explain"
            else None
        )
        whole = await here.client.explain_all("dashboard", "today_amount")
        assert (whole["transactions"], whole["next"]) == ([3, 2, 1], None)
        first, second = here.service.received[-2:]
        assert {**second, "ref": first["ref"]} == {**first, "after": 2, "at": "T", "seq": 41, "later": True}


@in_loop
async def test_a_refusal_is_raised_with_its_code():
    async with Setting() as here:
        here.service.answers = lambda _: {"type": "error", "code": "unknown_item", "message": "no such payment"}
        with pytest.raises(BtpayError) as refused:
            await here.client.remove(9)
        assert refused.value.code == "unknown_item"


@in_loop
async def test_a_command_without_an_answer_is_sent_again_after_a_lost_connection():
    async with Setting() as here:
        here.service.answers = lambda _: None
        answer = asyncio.ensure_future(here.client.remove(9))
        await settle()
        here.service.cut()
        await settle()
        here.service.answers = lambda _: {"changed": 1}
        await here.time.advance(1)
        assert (await answer)["changed"] == 1


@in_loop
async def test_a_position_kept_between_runs_is_gone_on_from():
    async with Setting() as here:
        here.service.notify("seen")
        await settle()
        position = json.loads(json.dumps(here.client.position))
        await here.client.close()
        await here.change("pending")
        later = here.another(resume=position)
        told = here.heard("notification", later)
        async with later:
            await settle()
            here.check_agreed(later)
            assert (len(told), later.statistics.wholes) == (0, 0)


@in_loop
async def test_iterators_give_what_changes_and_the_newest_of_a_view_and_end_with_the_client():
    async with Setting() as here:
        changes, notifications = here.client.changes(), here.client.notifications()
        for count in range(3):
            await here.change("dashboard", {"pending_count": count})
        here.service.notify("one")
        here.service.notify("two")
        await settle()
        await here.client.close()
        assert [view.data async for view in changes] == [{"pending_count": 2}]
        assert [one["message"] async for one in notifications] == ["one", "two"]


def spoiling(rng):
    """A message arrives, is lost (deltas only: nothing tells of a lost notification), is cut short, or has a digit more."""

    def on_its_way(text):
        if "_delta" not in text:
            return text if rng.randrange(40) else text[: rng.randrange(len(text))]
        fate = rng.randrange(20)
        if fate == 0:
            return None
        if fate == 1:
            return text.replace('"amount": ', '"amount": 9', 1).replace("9-", "-9", 1)
        return text[: rng.randrange(len(text))] if fate == 2 else text

    return on_its_way


@in_loop
async def test_a_client_through_any_losses_ends_up_with_what_the_service_has(rng):
    for _ in range(4):
        async with Setting() as here:
            here.rng, service = rng, here.service
            told = here.heard("notification")
            service.on_its_way = spoiling(rng)
            for _ in range(120):
                view, deed = rng.choice(VIEWS), rng.randrange(10)
                if deed < 6:
                    await here.change(view, nearby(view, service.data(view), rng))
                elif deed < 7:
                    service.notify(f"number {service.seq}")
                elif deed < 8:
                    service.cut()
                else:
                    await here.time.advance(rng.uniform(0, 40))
            await settle()
            service.on_its_way = lambda text: text
            await here.time.advance(30)
            for view in VIEWS:
                for _ in range(9):  # A hash comes with every eighth delta.
                    await here.change(view, nearby(view, service.data(view), rng))
                    await here.time.advance(5)
            for view, kept in here.client.views.items():
                assert canonical(kept.data) == canonical(service.data(view)), view
            assert [one["id"] for one in told] == [one["id"] for one in service.notifications]
