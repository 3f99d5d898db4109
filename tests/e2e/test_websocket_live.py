"""The live socket before whoever breaks the rules of WebSockets: it closes with the right code, and serves others."""

import json
import struct

import wire
from echo_service import OCTET, check_goodbye, service  # noqa: F401
from wire import BINARY, CLOSE, CONTINUATION, PING, TEXT, Wire, close, fragments, frame


def live(service, cookie=True, **options):
    headers = {"Cookie": f"sessionid={service.log_in('ana')}"} if cookie else {}
    return Wire(service.port, "/ws/btpay/live/?level=2", headers, **options)


def check_others_are_served(service):
    with live(service) as socket:
        socket.send(frame(TEXT, '{"command":"ping"}'))
        assert json.loads(socket.message()[1])["type"] == "pong"


def test_the_live_socket_closes_with_the_code_that_belongs_to_the_error_and_others_are_served(service):
    large = b" " * (64 * 1024 + 1)
    for sent, code in (
        (frame(TEXT, b"\xff"), 1007),
        (frame(TEXT, "x", rsv=1), 1002),
        (frame(3), 1002),
        (frame(PING, b"x" * 126), 1002),
        (frame(CONTINUATION, "x"), 1002),
        (frame(TEXT, '{"command":"ping"}', key=b""), 1002),
        (frame(TEXT, large), 1009),
        (b"".join(fragments(TEXT, large, 5000)), 1009),
        (struct.pack(">BBQ4s", 0x81, 0xFF, 1 << 40, b"key."), 1009),
        (struct.pack(">BBQ4s", 0x81, 0xFF, 1 << 63, b"key."), 1009),
        (close(1000), 1000),
        (close(4999), 4999),
        (close(1005), 1002),
        (frame(CLOSE, b"\x03"), 1002),
    ):
        with live(service) as socket:
            try:
                socket.send(sent)
            except ConnectionError:
                pass  # closed before it was told all
            assert socket.receive().code == code, (sent[:20], code)
        check_others_are_served(service)


def test_the_live_socket_takes_commands_in_fragments_and_octets_up_to_its_limit(service):
    command = b'{"command":"ping"}'
    whole = command + b" " * (64 * 1024 - len(command))
    with live(service) as socket:
        for sent, piece in ((frame(TEXT, command), OCTET), (b"".join(fragments(TEXT, command, 1)), None), (frame(TEXT, whole), 997)):
            socket.send(sent, piece)
            assert json.loads(socket.message()[1])["type"] == "pong"
        socket.send(frame(BINARY, command))
        assert json.loads(socket.message()[1])["type"] == "error"
        check_goodbye(socket)


def test_an_opening_handshake_that_is_wrong_is_refused(service):
    cookie = {"Cookie": f"sessionid={service.log_in('ana')}"}
    path = "/ws/btpay/live/"

    def status(headers=(), **options):
        request = wire.upgrade_request(path, {**cookie, **dict(headers)}, **options)
        with Wire(service.port, request=request) as answered:
            return answered.status

    assert status() == 101
    assert status({"Origin": "http://127.0.0.1"}) == 101
    assert status({"Origin": "http://evil.example"}) == 403
    assert status({"Origin": "null"}) == 403
    assert status({"Cookie": "sessionid=wrong"}) == 403
    for version in ("0", "8", "14", "x"):
        assert status({"Sec-WebSocket-Version": version}) == 426
    assert status(without=("Sec-WebSocket-Version",)) == 426
    for key in ("", "short", "=" * 24, "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ=="):
        assert status({"Sec-WebSocket-Key": key}) == 400, key
    assert status(without=("Sec-WebSocket-Key",)) == 400
    assert status(without=("Host",)) == 400
    assert status(without=("Upgrade",)) == 426
    assert status(without=("Connection",)) == 426
    assert status({"Upgrade": "h2c"}) == 426
    assert status(method="POST") == 405
    assert status(version="HTTP/1.0") in (400, 426, 505)
    check_others_are_served(service)
