"""Notifications: from the operator's tool and by HTTP, to each socket of the user once."""

import forms
import pytest

NOTIFY = "/ws/btpay/notify/"
GREETING = {"type": "notification", "message": "Connected to notifications", "level": "info"}


def greeted(service, name):
    socket = service.open(name, NOTIFY)
    greeting = socket.receive()
    assert GREETING.items() <= greeting.items()
    return socket


def drained(service, world, *sockets):
    """All that arrives up to a last notification to everybody, per socket."""
    service.tool("btpay-notify", "--all", "--message", "the last one")
    return [
        [message["message"] for message in socket.receive_until(lambda message: message["message"] == "the last one")][:-1]
        for socket in sockets
    ]


def test_a_new_socket_is_greeted(service):
    greeted(service, "ana").close()


def test_the_tool_reaches_every_socket_of_one_user_once_and_no_other(world):
    service = world.service
    with greeted(service, "ana") as one, greeted(service, "ana") as two, greeted(service, "bogdan") as other:
        service.tool("btpay-notify", "--user", "ana", "--message", "Salariul a venit", "--level", "success", "--amount", "5400")
        seen = drained(service, world, one, two, other)
    assert seen == [["Salariul a venit"], ["Salariul a venit"], []]


def test_a_notification_brings_all_that_was_said(world):
    with greeted(world.service, "ana") as socket:
        world.service.tool(
            "btpay-notify", "--user", "ana", "--message", "<b>Țuică</b> & \"co\"", "--level", "warning", "--amount", "12.5"
        )
        message = socket.receive()
    forms.check(message)
    assert (message["message"], message["level"], message["amount"]) == ("<b>Țuică</b> & \"co\"", "warning", 12.5)


def test_the_http_door_reaches_a_user_and_everybody(world):
    service = world.service
    with greeted(service, "ana") as ana, greeted(service, "bogdan") as bogdan:
        one = service.http("POST", "/api/v1/notifications", {"user": "ana", "message": "for ana"}, token=world.admin)
        everybody = service.http("POST", "/api/v1/notifications", {"all": True, "message": "for all"}, token=world.admin)
        assert (one.status, everybody.status) == (200, 200), (one, everybody)
        seen = drained(service, world, ana, bogdan)
    assert seen == [["for ana", "for all"], ["for all"]]


def test_the_http_door_wants_the_scope(world):
    body = {"user": "ana", "message": "x"}
    assert world.service.http("POST", "/api/v1/notifications", body).status == 401
    assert world.service.http("POST", "/api/v1/notifications", body, token=world.ingest).status == 403


@pytest.mark.parametrize(
    "body",
    [
        {"user": "ana"},
        {"user": "nobody", "message": "x"},
        {"message": "x"},
        {"user": "ana", "message": 7},
        {"user": "ana", "message": "x", "level": "loud"},
        [],
    ],
)
def test_a_notification_that_cannot_be_posted_is_refused(world, body):
    answer = world.service.http("POST", "/api/v1/notifications", body, token=world.admin)
    assert 400 <= answer.status < 500
    answer.json()


def test_the_tool_tells_that_a_user_is_unknown(world):
    world.service.tool("btpay-notify", "--user", "nobody", "--message", "x", expected=2)


def test_commands_on_the_notification_socket_do_no_harm(service):
    with greeted(service, "ana") as socket:
        socket.send("not json")
        socket.send(b"\x00")
        forms.check(socket.ask("ping", "pong"))
