"""Level 2 on real sockets: deltas that fold to the answers, resume, MessagePack, notifications on all devices."""

import json
import random

import level2
from rows import row

QUIET = "/ws/btpay/live/?level=2"
SUBSCRIBE = {"command": "subscribe", "deltas": True}
REQUESTS = {
    "request_data": ("dashboard_update", "dashboard"),
    "request_pending": ("pending_update", "pending"),
    "request_hourly": ("hourly_update", "hourly"),
    "request_categories": ("category_update", "categories"),
}


def take_until(socket, client, kind):
    while client.take(socket.receive())["type"] != kind:
        pass


def drain(socket, client):
    socket.command("ping")
    take_until(socket, client, "pong")


def check_against_answers(socket, client):
    drain(socket, client)
    for command, (kind, view) in REQUESTS.items():
        folded = client.views[view]["data"]
        socket.command(command)
        while True:
            message = socket.receive()
            if message["type"] == kind:
                assert message["data"] == folded
                client.take(message)
                break
            client.take(message)
            folded = client.views[view]["data"]


def notify(world, **what):
    answer = world.service.http("POST", "/api/v1/notifications", {"user": "ana", "message": "hello", **what}, token=world.admin)
    assert answer.status == 200, answer


def test_folded_deltas_equal_the_answers(world):
    client = level2.Client()
    with world.service.open("ana", QUIET) as socket:
        socket.send(SUBSCRIBE)
        take_until(socket, client, "category_update")
        for _ in range(30):
            world.service.post(world.ingest, *(row("ana", amount=f"-{random.randint(1, 9000) / 100}") for _ in range(2)))
            if random.random() < 0.3:
                socket.command("auto_categorize")
            drain(socket, client)
        check_against_answers(socket, client)
    print(f"{client.deltas} deltas, {client.hashes} hashes, {client.delta_bytes} bytes of {client.whole_bytes}")
    assert client.deltas >= 30 and client.hashes >= 3


def test_a_client_with_an_interval_has_the_same_views_from_fewer_messages(world):
    client = level2.Client()
    with world.service.open("ana", QUIET) as socket:
        socket.send({**SUBSCRIBE, "interval_ms": 500})
        take_until(socket, client, "category_update")
        for _ in range(40):
            world.service.post(world.ingest, row("ana", amount=f"-{random.randint(1, 9000) / 100}"))
        all_of_it = {view: world.service.get("ana", f"/finance/api/bt-pay/{view}/").json() for view in level2.VIEWS.values()}
        heard = 0
        while any(client.views[view]["data"] != data for view, data in all_of_it.items()):
            client.take(socket.receive())
            heard += 1
    assert 2 <= heard < 40


def test_a_client_that_comes_back_is_told_what_it_missed(world):
    client = level2.Client()
    for round_number in range(6):
        with world.service.open("ana", QUIET) as socket:
            socket.send(client.resume() if client.epoch else SUBSCRIBE)
            first = client.take(socket.receive())
            assert first["type"] == "subscribed"
            assert first["recovered"] is (round_number > 0)
            drain(socket, client)
            check_against_answers(socket, client)
            assert len(client.notifications) == round_number
        world.service.post(world.ingest, row("ana"))
        notify(world)
        if round_number == 3:
            world.service.kill()
            world.service.start()


def test_a_notification_that_was_read_is_cleared_on_every_device(world):
    one, two = level2.Client(), level2.Client()
    with world.service.open("carmen", QUIET) as phone, world.service.open("carmen", QUIET) as desk:
        for socket, client in ((phone, one), (desk, two)):
            socket.send(SUBSCRIBE)
            drain(socket, client)
        notify(world, user="carmen")
        for socket, client in ((phone, one), (desk, two)):
            take_until(socket, client, "notification")
        (known,) = one.notifications
        phone.send({"command": "read", "id": known})
        for socket, client in ((phone, one), (desk, two)):
            take_until(socket, client, "notification_cleared")
            assert not client.notifications


def test_messagepack_says_the_same_as_json(world):
    client = level2.Client()
    with world.service.open("bogdan", QUIET, subprotocols=["chat", "btpay.v2.msgpack"]) as socket:
        assert socket.subprotocol == "btpay.v2.msgpack"
        socket.send(b"\x82\xa7command\xa9subscribe\xa6deltas\xc3")
        frames = []
        while not frames or frames[-1]["type"] != "category_update":
            frames.append(level2.unpacked(socket.receive_frame()))
            client.take(frames[-1])
        pending = world.service.get("bogdan", "/finance/api/bt-pay/pending/").json()
        assert client.views["pending"]["data"] == pending


def test_a_sub_protocol_is_agreed_on_and_an_unknown_one_is_not(world):
    with world.service.open("ana", subprotocols=["btpay.v2"]) as socket:
        assert socket.subprotocol == "btpay.v2"
        assert socket.receive()["type"] == "dashboard_update"
    with world.service.open("ana", subprotocols=["chat"]) as socket:
        assert socket.subprotocol is None


def test_level_1_does_not_notice(world):
    with world.service.greeted("ana") as plain, world.service.open("ana", QUIET) as other:
        other.send(SUBSCRIBE)
        world.service.post(world.ingest, row("ana"))
        message = plain.receive_type("pending_update")
        assert set(message) == {"type", "data", "timestamp"}
        assert json.dumps(message)
