"""Large, many and compressed messages (groups 9, 10, 12 and 13 of the public conformance suites; RFC 7692)."""

import random
import struct

import pytest
from echo_service import KINDS, MIB, check_goodbye, closed_with, echo, service  # noqa: F401
from wire import BINARY, CONTINUATION, PING, TEXT, Deflating, Wire, fragments, frame


# -- 9 and 10: large messages, many messages


@pytest.mark.parametrize("kind, letter", KINDS, ids=("text", "binary"))
def test_messages_up_to_16_mib_come_back(service, kind, letter):
    with echo(service) as socket:
        for size in (65536, 262144, MIB, 4 * MIB, 8 * MIB, 16 * MIB):
            socket.send(frame(kind, letter * size))
            assert socket.message() == (kind, letter * size)
        check_goodbye(socket)


@pytest.mark.parametrize("kind, letter", KINDS, ids=("text", "binary"))
def test_a_message_of_4_mib_comes_back_in_fragments_of_any_size(service, kind, letter):
    data = letter * (4 * MIB)
    with echo(service) as socket:
        for size in (256, 1024, 4096, 16384, 65536, 262144, MIB, 4 * MIB):
            socket.send(b"".join(fragments(kind, data, size)))
            assert socket.message() == (kind, data)
        socket.send(b"".join(fragments(kind, data[: MIB // 4], 64)))
        assert socket.message() == (kind, data[: MIB // 4])


@pytest.mark.parametrize("kind, letter", KINDS, ids=("text", "binary"))
def test_a_message_of_1_mib_comes_back_in_pieces_of_any_size(service, kind, letter):
    with echo(service) as socket:
        for piece in (64, 128, 256, 512, 1024, 2048):
            data = letter * (MIB if piece >= 512 else MIB // 8)
            socket.send(frame(kind, data), piece)
            assert socket.message() == (kind, data)


@pytest.mark.parametrize("kind, letter", KINDS, ids=("text", "binary"))
def test_a_thousand_messages_come_back_one_after_another_and_all_at_once(service, kind, letter):
    with echo(service) as socket:
        for size in (0, 16, 64, 256, 1024, 4096, 16384):
            sent = frame(kind, letter * size)
            for _ in range(1000 if size < 4096 else 200):
                socket.send(sent)
                assert socket.message() == (kind, letter * size)
            socket.send(sent * 100)
            assert [socket.message() for _ in range(100)] == [(kind, letter * size)] * 100
        check_goodbye(socket)


def test_a_message_that_a_client_fragments_by_itself_comes_back(service):
    with echo(service) as socket:
        socket.send(b"".join(fragments(TEXT, b"*" * 65536, 1300)))
        assert socket.message() == (TEXT, b"*" * 65536)


def test_a_message_over_the_limit_of_the_echo_closes_with_1009(service):
    assert closed_with(service, struct.pack(">BBQ4s", 0x82, 0xFF, 17 * MIB + 1, b"key.")) == 1009
    with echo(service) as socket:
        try:
            for part in fragments(BINARY, b"x" * (18 * MIB), MIB):
                socket.send(part)
        except ConnectionError:
            pass  # it hung up before it was told all
        assert socket.receive().code == 1009


# -- 12 and 13: permessage-deflate

OFFERS = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; client_max_window_bits=9",
    "permessage-deflate; client_max_window_bits=15",
    "permessage-deflate; server_max_window_bits=15",
    "permessage-deflate; server_max_window_bits=9; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover",
    "permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits=10",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=15; client_max_window_bits=12",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=9, permessage-deflate; server_max_window_bits=9, permessage-deflate",
    "x-unknown; a=1, permessage-deflate; client_max_window_bits",
]  # fmt: skip


def texts(rng):
    """Of the kinds of data that the suites compress: what repeats, what does not, and what lies between."""
    noise = bytes(rng.randrange(33, 127) for _ in range(131072))
    prose = b'{"type":"dashboard_update","data":{"pending_count":1,"pending_amount":12.3}} '
    return (b"*" * 131072, noise, (prose * 2000)[:131072])


@pytest.mark.parametrize("offer", OFFERS)
def test_an_answer_to_an_offer_allows_no_more_than_was_offered_and_messages_pass(service, offer):
    first = [part for part in offer.split(",") if "permessage" in part][0]
    offered = {name.strip(): value for name, _, value in (each.partition("=") for each in first.split(";")[1:])}
    with Deflating(service.port, offer) as client:
        assert client.on
        for name, value in client.agreed.items():
            assert name in ("server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits", "client_max_window_bits")
            if name == "client_max_window_bits":
                assert name in offered and 8 <= value <= int(offered[name] or 15)
        if "server_max_window_bits" in offered:
            assert client.agreed.get("server_max_window_bits", 15) <= int(offered["server_max_window_bits"])
        if "server_no_context_takeover" in offered:
            assert "server_no_context_takeover" in client.agreed
        for data in texts(random.Random(7)):
            for size in (16, 64, 300, 4096, 8192, 65536, 131072):
                for fragment in (None, 256):
                    client.send(TEXT, data[:size], fragment)
                    assert client.message()[:2] == (TEXT, data[:size])


def test_many_messages_of_each_size_are_compressed_and_come_back(service):
    for offer in OFFERS[1], OFFERS[6]:
        with Deflating(service.port, offer) as client:
            for size in (16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072):
                for data in texts(random.Random(size)):
                    for number in range(60 if size <= 4096 else 4):
                        sent = data[number : number + size]
                        client.send(BINARY if number % 2 else TEXT, sent)
                        kind, back, _ = client.message()
                        assert (kind, back) == (BINARY if number % 2 else TEXT, sent)


def test_a_wrong_offer_is_declined_or_refused_and_never_agreed_to(service):
    for offer in (
        "permessage-deflate; unknown_parameter",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=99",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_max_window_bits",
        "x-webkit-deflate-frame",
    ):
        with Wire(service.port, headers={"Sec-WebSocket-Extensions": offer}) as socket:
            assert socket.status in (101, 400), (offer, socket.status)
            assert "sec-websocket-extensions" not in socket.headers, (offer, socket.headers)
            if socket.status == 101:
                socket.send(frame(TEXT, "plain"))
                assert socket.message() == (TEXT, b"plain")


def test_a_message_may_be_left_uncompressed_or_end_in_a_final_block(service):
    with Deflating(service.port, OFFERS[1]) as client:
        client.wire.send(frame(TEXT, "plain"))
        assert client.message()[:2] == (TEXT, b"plain")
        client.wire.send(frame(TEXT, client.compressed(b""), rsv=4))
        assert client.message()[:2] == (TEXT, b"")
        client.send(TEXT, b"compressed again " * 20)
        assert client.message()[:2] == (TEXT, b"compressed again " * 20)


def test_wrong_compression_closes_the_connection(service):
    for bad in (
        frame(TEXT, b"\xff\xff\xff\xff\xff\xff", rsv=4),  # no deflate block
        frame(TEXT, b"\xf2\x48\xcd", fin=False, rsv=4) + frame(CONTINUATION, b"\xc9\xc9\x07\x00", rsv=4),
        frame(PING, b"\xf2\x48\xcd\xc9\xc9\x07\x00", rsv=4),
        frame(TEXT, b"x", rsv=2),
    ):
        with Deflating(service.port, OFFERS[1]) as client:
            client.wire.send(bad)
            try:
                assert client.wire.closed_with() in (1002, 1007), bad
            except EOFError:
                assert client.wire.ends()  # which RFC 7692 (7.2.2, by RFC 6455 7.1.7) leaves to the server
    with Deflating(service.port, OFFERS[1]) as client:
        client.send(TEXT, b"not text: \xff")
        assert client.wire.closed_with() == 1007
