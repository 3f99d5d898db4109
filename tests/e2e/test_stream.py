"""Server-Sent Events on real sockets: the summary, level 2, and coming back after whatever ended the stream."""

import random

import level2
import pytest
import sse
from documents import OPENAPI, check, check_message
from rows import row
from service import Service

ALL = "views=dashboard,pending,hourly,categories,notifications"


def stream(service, name, query="", **options):
    return sse.Stream(service.port, query, cookie=service.log_in(name), **options)


def notify(world, user, message):
    answer = world.service.http("POST", "/api/v1/notifications", {"user": user, "message": message}, token=world.admin)
    assert answer.status == 200, answer


def test_a_summary_comes_at_once_and_after_each_change(world):
    with stream(world.service, "ana") as summaries:
        first = summaries.next()
        assert summaries.response.getheader("Content-Type") == "text/event-stream"
        assert 1000 <= summaries.retry <= 3000
        world.service.post(world.ingest, row("ana"))
        second = summaries.until("message", lambda event: event.data["pending_bt_pay"] == first.data["pending_bt_pay"] + 1)
    for event in (first, second):
        check(event.data, OPENAPI, "/components/schemas/summary")
        assert set(event.data) == {"pending_bt_pay", "today_transactions", "today_amount", "timestamp"}


def test_a_summary_comes_each_interval_until_the_duration_has_passed(world):
    with stream(world.service, "carmen", "interval=1&duration=3") as summaries:
        seen = summaries.rest()
    assert 3 <= len(seen) <= 5
    assert len({event.data["timestamp"] for event in seen}) == len(seen)


def test_with_views_come_the_messages_of_level_2(world):
    with stream(world.service, "ana", ALL) as events:
        first = [events.next() for _ in range(5)]
        assert [event.name for event in first] == ["subscribed", *(f"{view}_update" for view in ("dashboard", "pending", "hourly", "category"))]
        notify(world, "ana", "hello")
        first.append(events.until("notification"))
    for event in first:
        assert event.data["type"] == event.name
        assert event.id.startswith(f"{event.data['epoch']}-{event.data['seq']}")
        check_message(event.data)


def test_deltas_fold_to_what_polling_gives(world):
    folding = level2.Client()
    with stream(world.service, "bogdan", ALL + "&deltas=true") as events:
        while folding.take(events.next().data)["type"] != "category_update":
            pass
        for _ in range(20):
            seq = world.service.post(world.ingest, row("bogdan", amount=f"-{random.randint(1, 9000) / 100}"))["seq"]
            while any(folding.views[view]["seq"] < seq for view in ("dashboard", "pending")):
                folding.take(events.next().data)
        # What is asked over HTTP now is what the stream told of.
        for view in ("dashboard", "pending", "categories"):
            answer = world.service.get("bogdan", f"/finance/api/bt-pay/{view}/").json()
            while folding.views[view]["data"] != answer:
                folding.take(events.next().data)
    assert folding.deltas > 20


def test_what_came_while_a_client_was_away_comes_when_it_is_back(world):
    with stream(world.service, "ana", ALL) as events:
        events.until("category_update")
        notify(world, "ana", "while here")
        events.until("notification", lambda event: event.data["message"] == "while here")
        world.service.post(world.ingest, row("ana"))  # its view overtakes nothing, and moves the id on
        last_id = events.until("dashboard_update").id
    for number in range(3):
        notify(world, "ana", f"while away {number}")
    posted = row("ana")
    world.service.post(world.ingest, posted)
    with stream(world.service, "ana", ALL, last_id=last_id) as events:
        assert events.next().data["recovered"] is True
        pending = events.until("pending_update")
        assert posted["description"] in [item["description"] for item in pending.data["data"]]
        heard = [events.until("notification").data["message"] for _ in range(3)]
        notify(world, "ana", "back")
        heard.append(events.until("notification").data["message"])
    assert heard == ["while away 0", "while away 1", "while away 2", "back"]


def test_an_id_of_another_log_starts_afresh(world):
    with stream(world.service, "carmen", ALL, last_id="000000000000-5") as events:
        assert events.next().data["recovered"] is False
    with stream(world.service, "carmen", ALL, last_id="what is this") as events:
        assert events.next().data["recovered"] is False


def test_a_log_out_ends_the_stream_and_a_log_in_goes_on_with_it(world):
    service = world.service
    cookie = service.http("POST", "/login", {"username": "ana", "password": "correct horse battery staple"}).cookie("sessionid")
    with sse.Stream(service.port, ALL, cookie=cookie) as events:
        events.until("category_update")
        notify(world, "ana", "before the log-out")
        last_id = events.until("notification", lambda event: event.data["message"] == "before the log-out").id
        assert service.http("POST", "/logout", cookie=cookie).status in (200, 204, 303)
        events.rest()
        assert any("1008" in comment for comment in events.comments)
        last_id = events.last_id or last_id
    with sse.Stream(service.port, ALL, cookie=cookie, last_id=last_id) as refused:
        assert refused.response.status == 401
    notify(world, "ana", "logged out")
    with stream(service, "ana", ALL, last_id=last_id) as events:
        assert events.next().data["recovered"] is True
        assert events.until("notification").data["message"] == "logged out"


def test_what_is_no_stream_is_refused(world):
    service = world.service
    cookie = service.log_in("ana")
    assert service.http("GET", sse.PATH).status == 401
    answer = service.http("POST", sse.PATH, cookie=cookie)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    answer = service.http("GET", sse.PATH, cookie=cookie, headers={"Accept": "application/json"})
    assert (answer.status, answer.json()["error"]) == (406, "not_acceptable")
    for query in ("views=money", "views=", "interval=0", "duration=soon", "views=pending&deltas=perhaps"):
        answer = service.http("GET", f"{sse.PATH}?{query}", cookie=cookie)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_value"), query
    answer = service.http("HEAD", sse.PATH, cookie=cookie)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "text/event-stream", b"")


def test_a_token_of_a_user_opens_a_stream_that_ends_when_it_is_revoked(world):
    service = world.service
    token = service.token("ingest", "--user", "carmen")
    with sse.Stream(service.port, token=token) as summaries:
        summaries.next()
        listed = service.tool("btpay-admin", "sessions", "list")
        assert "stream" in listed
        number = next(line.split()[0] for line in service.tool("btpay-admin", "token", "list").splitlines() if "carmen" in line)
        service.tool("btpay-admin", "token", "revoke", number)
        assert summaries.rest() is not None
        assert any("1008" in comment for comment in summaries.comments)


@pytest.fixture
def own(tmp_path):
    service = Service(tmp_path)
    service.add_user("ana")
    yield service
    service.kill()


def test_a_stream_goes_on_over_kills_of_the_service_and_hears_each_notification_once(own):
    ingest, admin = own.token("ingest"), own.token("admin")
    own.start()
    port, heard, posted, last_id = own.port, [], [], None
    rng = random.Random(7)
    for turn in range(4):
        if turn:
            own.kill()
            own.start(port)
        with stream(own, "ana", ALL, last_id=last_id) as events:
            assert events.next().data["recovered"] is (turn > 0)
            for number in range(rng.randint(3, 8)):
                message = f"{turn}.{number}"
                own.http("POST", "/api/v1/notifications", {"user": "ana", "message": message}, token=admin)
                own.post(ingest, row("ana"))
                posted.append(message)
            for _ in range(rng.randint(1, 5)):  # the rest is lost with the socket
                event = events.next()
                last_id = event.id
                heard += [event.data["message"]] if event.name == "notification" else []
    with stream(own, "ana", ALL, last_id=last_id) as events:
        while len(heard) < len(posted):
            heard.append(events.until("notification").data["message"])
        seq = own.post(ingest, row("ana"))["seq"]
        view = events.until("pending_update", lambda event: event.data["seq"] >= seq)
        assert view.data["data"] == own.get("ana", "/finance/api/bt-pay/pending/").json()
    assert heard == posted


def test_streams_end_when_the_service_stops(own):
    own.start()
    with stream(own, "ana") as summaries:
        summaries.next()
        assert own.stop() == 0
        summaries.rest()
        assert any("1001" in comment for comment in summaries.comments)


def test_sockets_are_compressed_where_both_sides_want_it(tmp_path):
    for options, compression, compressed in (((), "deflate", False), (("--deflate",), None, False), (("--deflate",), "deflate", True)):
        service = Service(tmp_path / f"{len(options)}{compression}", *options)
        service.folder.mkdir()
        service.add_user("ana")
        try:
            service.start()
            with service.open("ana", compression=compression) as socket:
                assert bool(socket.extensions) is compressed
                for kind in ("dashboard_update", "pending_update", "hourly_update", "category_update"):
                    assert socket.receive()["type"] == kind
                assert socket.ask("ping", "pong")["type"] == "pong"
                socket.send_too_much("x" * 5_000_000)
                assert socket.close_code() == 1009
            with service.open("ana", compression=compression) as other:
                assert other.receive()["type"] == "dashboard_update"
        finally:
            service.stop()
