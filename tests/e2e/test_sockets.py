"""What arrives on a WebSocket, when, and at whom."""

import time

import client
import forms
import pytest
from rows import row

VIEWS = ["dashboard_update", "pending_update", "hourly_update", "category_update"]


def test_four_views_arrive_on_connect_in_their_order(service):
    with service.open("ana") as socket:
        messages = [socket.receive() for _ in VIEWS]
    assert [message["type"] for message in messages] == VIEWS
    for message in messages:
        forms.check(message)


def test_the_hours_of_a_day_come_oldest_first(service):
    with service.greeted("ana") as socket:
        hours = socket.ask("request_hourly", "hourly_update")["data"]
    assert len(hours) == 24
    assert [hour["timestamp"] for hour in hours] == sorted(hour["timestamp"] for hour in hours)


@pytest.mark.parametrize(
    "command, answer",
    [
        ("ping", "pong"),
        ("request_data", "dashboard_update"),
        ("request_pending", "pending_update"),
        ("request_hourly", "hourly_update"),
        ("request_categories", "category_update"),
        ("auto_categorize", "auto_categorize_result"),
    ],
)
def test_every_command_is_answered_in_its_form(service, command, answer):
    with service.greeted("carmen") as socket:
        forms.check(socket.ask(command, answer))


def test_a_posted_payment_reaches_every_socket_of_its_user_and_no_other(world):
    service = world.service
    with service.greeted("ana") as one, service.greeted("ana") as two, service.greeted("bogdan") as other:
        before = service.get("ana", "/finance/api/bt-pay/pending/").json()
        posted = row("ana", merchant="Ceainăria Gânduri")
        begun = time.perf_counter()
        service.post(world.ingest, posted)
        answered = time.perf_counter()

        def contains_it(message):
            return any(item["description"] == posted["description"] for item in message["data"])

        for socket in (one, two):
            forms.check(socket.receive_type("pending_update", contains_it))
        arrived = time.perf_counter()
        print(f"POST answered after {(answered - begun) * 1e3:.1f} ms, on both sockets after {(arrived - begun) * 1e3:.1f} ms")

        # What belongs to the other comes after ana's in the log: had ana's come at all, it would have come before.
        theirs = row("bogdan")
        service.post(world.ingest, theirs)
        seen = other.receive_until(
            lambda message: message["type"] == "pending_update"
            and any(item["description"] == theirs["description"] for item in message["data"])
        )
        assert posted["description"] not in str(seen)
    assert before != service.get("ana", "/finance/api/bt-pay/pending/").json()


def test_a_change_pushes_the_views_that_changed(world):
    with world.service.greeted("ana") as socket:
        count = socket.ask("request_data", "dashboard_update")["data"]["pending_count"]
        world.service.post(world.ingest, row("ana", amount="-99.95"))
        dashboard = socket.receive_type("dashboard_update", lambda message: message["data"]["pending_count"] == count + 1)
    forms.check(dashboard)


def test_an_answered_post_is_in_the_next_answer_on_a_socket(world):
    with world.service.greeted("carmen") as socket:
        for _ in range(20):
            posted = row("carmen")
            world.service.post(world.ingest, posted)
            pending = socket.ask("request_pending", "pending_update")
            assert posted["description"] in [item["description"] for item in pending["data"]]


def test_payments_arrive_newest_first_and_at_most_twenty(world):
    world.service.post(world.ingest, *(row("bogdan") for _ in range(25)))
    with world.service.greeted("bogdan") as socket:
        pending = socket.ask("request_pending", "pending_update")["data"]
        recent = socket.ask("request_data", "dashboard_update")["data"]["recent_transactions"]
    assert len(pending) == 20
    assert [item["date"] for item in pending] == sorted((item["date"] for item in pending), reverse=True)
    assert len(recent) <= 10


@pytest.mark.slow
def test_a_quiet_socket_hears_the_periodic_pair(service):
    with service.greeted("carmen") as socket:
        first, second = socket.receive(seconds=8), socket.receive(seconds=8)
    assert [first["type"], second["type"]] == ["dashboard_update", "periodic_update"]
    forms.check(first)
    forms.check(second)
    assert second["pending_count"] == first["data"]["pending_count"]


@pytest.mark.parametrize(
    "sent",
    [
        "not json",
        "",
        "null",
        "[]",
        '"ping"',
        "{}",
        '{"command":',
        '{"command":null}',
        '{"command":["ping"]}',
        '{"command":"fly"}',
        '{"Command":"ping"}',
        "[" * 2000,
        b"\x00\x01\x02",
        b'{"command":"ping"}',
    ],
    ids=lambda sent: repr(sent)[:20],
)
def test_nonsense_is_answered_with_an_error_and_the_connection_lives(service, sent):
    with service.greeted("ana") as socket:
        socket.send(sent)
        forms.check(socket.receive_type("error"))
        forms.check(socket.ask("ping", "pong"))


def test_a_frame_over_the_limit_closes_its_connection_and_no_other(service):
    with service.greeted("ana") as other, service.greeted("ana") as socket:
        socket.send_too_much("x" * 5_000_000)
        assert socket.close_code() == 1009
        forms.check(other.ask("ping", "pong"))


def test_a_pipeline_of_commands_is_answered_in_order(service):
    with service.greeted("ana") as socket:
        for _ in range(50):
            socket.command("ping")
            socket.command("request_hourly")
        wanted = ("pong", "hourly_update")
        answers = []
        while len(answers) < 100:
            kind = socket.receive()["type"]
            answers += [kind] if kind in wanted else []
    assert answers == ["pong", "hourly_update"] * 50


@pytest.mark.parametrize("path", ["/ws/btpay/live/", "/ws/btpay/notify/"])
def test_an_upgrade_without_a_log_in_is_refused(service, path):
    assert client.refused_upgrade(service.port, path) == 403
    assert client.refused_upgrade(service.port, path, cookie="x" * 43) == 403


def test_an_upgrade_from_a_foreign_page_is_refused(service):
    cookie = service.log_in("ana")
    foreign = {"Origin": "https://evil.example"}
    assert client.refused_upgrade(service.port, "/ws/btpay/live/", cookie=cookie, headers=foreign) == 403
    own = {"Origin": f"http://127.0.0.1:{service.port}"}
    assert client.refused_upgrade(service.port, "/ws/btpay/live/", cookie=cookie, headers=own) == 101


def test_clients_that_vanish_cost_the_others_nothing(service):
    with service.greeted("ana") as patient:
        for _ in range(30):
            socket = service.open("ana")
            socket.abort()
        forms.check(patient.ask("ping", "pong"))
