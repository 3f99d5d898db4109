"""RFC 6455 and RFC 7692 from outside, in the groups of the public conformance suites: what each case sends, and what has to
come back. Against /ws/echo, which shares everything with the real sockets but its limit, and against a real one."""

import json
import os
import random
import struct

import pytest
import wire
from service import Service
from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Deflating, Wire, close, fragments, frame

OCTET = 1
SIZES = (0, 1, 125, 126, 127, 128, 65535, 65536)
MIB = 1024 * 1024
KINDS = ((TEXT, b"*"), (BINARY, b"\xfe"))


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    one = Service(tmp_path_factory.mktemp("btpay"), "--test-echo", "--deflate")
    one.add_user("ana")
    try:
        yield one.start()
        assert one.process.poll() is None, one.errors()
        assert one.stop() == 0, one.errors()
    finally:
        one.kill()


def echo(service):
    made = Wire(service.port)
    assert made.status == 101
    return made


def closed_with(service, *sent, piece=None):
    """The code with which the service closes after these bytes, having said nothing else."""
    with echo(service) as socket:
        socket.send(b"".join(sent), piece)
        return socket.closed_with()


def check_goodbye(socket):
    """The connection is as it was: it closes when asked to, with our code and nothing else."""
    socket.send(close(1000, b"bye"))
    assert socket.closed_with() == 1000


# -- 1: framing


@pytest.mark.parametrize("kind, letter", KINDS, ids=("text", "binary"))
def test_messages_of_every_size_come_back_in_whatever_pieces_they_arrive(service, kind, letter):
    for size in SIZES:
        for piece in (None, 997, OCTET if size < 1000 else 8191):
            with echo(service) as socket:
                socket.send(frame(kind, letter * size), piece)
                assert socket.message() == (kind, letter * size)
                check_goodbye(socket)


# -- 2: pings and pongs


def test_a_ping_is_answered_with_its_payload_up_to_125_bytes(service):
    for payload in (b"", b"Hello, world!", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 125):
        for piece in (None, OCTET):
            with echo(service) as socket:
                socket.send(frame(PING, payload), piece)
                pong = socket.receive()
                assert (pong.kind, pong.payload) == (PONG, payload)
                check_goodbye(socket)


def test_a_ping_of_126_bytes_closes_with_1002(service):
    assert closed_with(service, frame(PING, b"\xfe" * 126)) == 1002
    assert closed_with(service, frame(PONG, b"\xfe" * 126)) == 1002


def test_a_pong_that_nobody_asked_for_is_passed_over(service):
    for payload in (b"", b"unsolicited pong payload"):
        with echo(service) as socket:
            socket.send(frame(PONG, payload) + frame(PING, b"ping payload"))
            pong = socket.receive()
            assert (pong.kind, pong.payload) == (PONG, b"ping payload")
            check_goodbye(socket)


def test_ten_pings_have_ten_pongs_in_order(service):
    for piece in (None, OCTET):
        with echo(service) as socket:
            socket.send(b"".join(frame(PING, f"payload-{number}") for number in range(10)), piece)
            assert [socket.receive().payload for _ in range(10)] == [f"payload-{number}".encode() for number in range(10)]
            check_goodbye(socket)


# -- 3 and 4: what is reserved


def check_fails_behind_a_text(service, bad):
    """The text before is given back, the ping behind is not answered."""
    for piece in (None, OCTET):
        with echo(service) as socket:
            socket.send(frame(TEXT, "Hello, world!") + bad + frame(PING), piece)
            assert socket.message() == (TEXT, b"Hello, world!")
            assert socket.closed_with() == 1002


def test_reserved_bits_close_with_1002_on_every_kind_of_frame(service):
    for rsv in range(1, 8):
        check_fails_behind_a_text(service, frame(TEXT, "Hello, world!", rsv=rsv))
        for kind in (TEXT, BINARY, PING, CLOSE):
            assert closed_with(service, frame(kind, b"\x03\xe8" if kind == CLOSE else b"\x00\xff", rsv=rsv)) == 1002
        assert closed_with(service, frame(TEXT, "Hello", fin=False), frame(CONTINUATION, "!", rsv=rsv)) == 1002


def test_reserved_opcodes_close_with_1002(service):
    for kind in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        assert closed_with(service, frame(kind)) == 1002
        assert closed_with(service, frame(kind, "reserved opcode payload")) == 1002
        check_fails_behind_a_text(service, frame(kind, "reserved opcode payload"))


# -- 5: fragments


def test_control_frames_in_fragments_close_with_1002(service):
    for kind in (PING, PONG, CLOSE):
        assert closed_with(service, frame(kind, b"\x03\xe8", fin=False), frame(CONTINUATION, "fragment2")) == 1002


def test_fragments_make_one_message_with_pings_answered_in_between(service):
    one, two = frame(TEXT, "fragment1", fin=False), frame(CONTINUATION, "fragment2")
    for piece in (None, OCTET):
        with echo(service) as socket:
            socket.send(one + two, piece)
            assert socket.message() == (TEXT, b"fragment1fragment2")
            socket.send(one + frame(PING, "now") + two, piece)
            pong = socket.receive()
            assert (pong.kind, pong.payload) == (PONG, b"now")
            assert socket.message() == (TEXT, b"fragment1fragment2")
            check_goodbye(socket)


def test_five_fragments_with_two_pings_are_one_message(service):
    more = [frame(CONTINUATION, f"fragment{number}", fin=number == 5) for number in range(2, 6)]
    sent = [frame(TEXT, "fragment1", fin=False), more[0], frame(PING, "pongme 1!"), *more[1:3], frame(PING, "pongme 2!"), more[3]]
    for at_once in (True, False):
        with echo(service) as socket:
            pongs = []
            for part in [b"".join(sent)] if at_once else sent:
                socket.send(part)
                if not at_once and b"\x89"[0] == part[0]:
                    pongs.append(socket.receive().payload)
            while len(pongs) < 2:
                pongs.append(socket.receive().payload)
            assert pongs == [b"pongme 1!", b"pongme 2!"]
            assert socket.message() == (TEXT, b"fragment1fragment2fragment3fragment4fragment5")
            check_goodbye(socket)


def test_continuations_of_nothing_and_messages_within_messages_close_with_1002(service):
    text = frame(TEXT, "Hello, world!")
    for fin in (True, False):
        for piece in (None, OCTET):
            assert closed_with(service, frame(CONTINUATION, "non-continuation payload", fin=fin), text, piece=piece) == 1002
        again = [frame(CONTINUATION, "fragment1", fin=fin), frame(TEXT, "fragment2", fin=False), frame(CONTINUATION, "fragment3")]
        assert closed_with(service, *again, *again) == 1002
    for kind in (TEXT, BINARY):
        assert closed_with(service, frame(TEXT, "fragment1", fin=False), frame(kind, "fragment2")) == 1002
    with echo(service) as socket:
        socket.send(frame(TEXT, "fragment1", fin=False) + frame(CONTINUATION, "fragment2") + frame(CONTINUATION, "fragment3", fin=False) + text)
        assert socket.message() == (TEXT, b"fragment1fragment2")
        assert socket.closed_with() == 1002


# -- 6: UTF-8

VALID = [
    "", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "𐍈𝄞🙂", "\x00", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\uffff",
    *(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17)), "\U00010000", "\U0010ffff",
]  # fmt: skip
INVALID = [
    # continuations of nothing; beginnings of nothing
    b"\x80", b"\xbf", b"\x80\xbf", b"\x80\xbf\x80\xbf\x80\xbf", bytes(range(0x80, 0xC0)),
    *(bytes([first]) + b" " for first in range(0xC0, 0x100)),
    # cut short
    b"\xc3", b"\xe0\xa0", b"\xef\xbf", b"\xf0\x90\x80", b"\xf4\x8f\xbf", b"\xc3\xe0\xa0\xf0\x90\x80",
    # longer than need be
    b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf", b"\xc1\xbf", b"\xe0\x9f\xbf",
    b"\xf0\x8f\xbf\xbf", b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80",
    # surrogates, alone and in pairs; over the end
    b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf", b"\xed\xb0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80",
    b"\xed\xaf\xbf\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf7\xbf\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80edited",
]  # fmt: skip


def first_bad(data):
    """The index of the byte with which it can be UTF-8 no more, whatever follows; None where it only ends too early."""
    endings = [b"", *(first + b"\x80" * more for first in (b"\x80", b"\x90", b"\xa0") for more in range(3))]
    for index in range(len(data)):
        if not any(is_utf8(data[: index + 1] + ending) for ending in endings):
            return index
    return None


def is_utf8(data):
    try:
        return data.decode() is not None
    except UnicodeDecodeError:
        return False


def test_text_of_every_kind_of_character_comes_back_however_it_is_cut(service):
    with echo(service) as socket:
        for text in VALID:
            data = text.encode()
            for sent in (frame(TEXT, data), b"".join(fragments(TEXT, data, 1)), b"".join(fragments(TEXT, data, 3))):
                for piece in (None, OCTET):
                    socket.send(sent, piece)
                    assert socket.message() == (TEXT, data)
        socket.send(b"".join([frame(TEXT, fin=False), frame(CONTINUATION, fin=False), frame(CONTINUATION)]))
        assert socket.message() == (TEXT, b"")
        socket.send(b"".join([frame(TEXT, fin=False), frame(CONTINUATION, "middle", fin=False), frame(CONTINUATION)]))
        assert socket.message() == (TEXT, b"middle")
        check_goodbye(socket)


@pytest.mark.parametrize("way", ("whole", "octets", "fragments"))
def test_text_that_is_not_utf8_closes_with_1007(service, way):
    for data in INVALID:
        sent = [frame(TEXT, data)] if way != "fragments" else fragments(TEXT, data, 1)
        assert closed_with(service, *sent, piece=OCTET if way == "octets" else None) == 1007, data


def test_binary_messages_may_hold_anything(service):
    with echo(service) as socket:
        for data in INVALID:
            socket.send(frame(BINARY, data))
            assert socket.message() == (BINARY, data)


def test_random_bytes_are_taken_as_text_only_where_they_are_text(service):
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"SEED={seed}")
    rng = random.Random(seed)
    for _ in range(300):
        data = bytearray("".join(rng.choice("aß€🙂") for _ in range(rng.randrange(40))).encode())
        for _ in range(rng.randrange(2)):
            data[rng.randrange(len(data) + 1) :][:1] = bytes([rng.randrange(256)])
            if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
        with echo(service) as socket:
            socket.send(b"".join(fragments(TEXT, bytes(data), rng.randrange(1, 50))), rng.choice((None, 1, 5)))
            if is_utf8(data):
                assert socket.message() == (TEXT, bytes(data))
            else:
                assert socket.closed_with() == 1007, bytes(data)


def test_text_fails_at_the_first_octet_that_spoils_it_and_not_before(service):
    for data in INVALID:
        text = b"fine until " + data
        bad = first_bad(text)
        if bad is None:
            continue
        with echo(service) as socket:
            socket.send(frame(TEXT, text[:bad], fin=False) + frame(PING))
            assert socket.receive().kind == PONG, data
            socket.send(frame(CONTINUATION, text[bad : bad + 1], fin=False))
            assert socket.closed_with() == 1007, data
        # Within a frame of which the rest does not come.
        whole = frame(TEXT, text + b" and so on")
        with echo(service) as socket:
            socket.send(whole[: len(whole) - len(text + b" and so on") + bad + 1], OCTET)
            assert socket.closed_with() == 1007, data


# -- 7: closing


def test_a_close_is_answered_and_nothing_behind_it_is(service):
    bye = close(1000)
    for behind in (b"", bye, frame(PING), frame(TEXT, "Hello, world!"), frame(CONTINUATION, "fragment2")):
        assert closed_with(service, bye + behind) == 1000
    assert closed_with(service, frame(TEXT, "fragment1", fin=False), bye, frame(CONTINUATION, "fragment2")) == 1000


def test_a_message_right_before_the_close_comes_back_first(service):
    for piece in (None, OCTET):
        with echo(service) as socket:
            socket.send(frame(TEXT, "Hello, world!") + close(1000), piece)
            assert socket.message() == (TEXT, b"Hello, world!")
            assert socket.closed_with() == 1000


def test_a_large_message_before_the_close_comes_back_first(service):
    text = b"Hello World!" * (256 * 1024 // 12)
    with echo(service) as socket:
        socket.send(frame(TEXT, text) + close(1000) + frame(PING))
        assert socket.message() == (TEXT, text)
        assert socket.closed_with() == 1000


def test_the_payload_of_a_close_is_empty_or_a_code_with_a_short_reason(service):
    assert closed_with(service, frame(CLOSE)) in (1000, 1005)
    assert closed_with(service, frame(CLOSE, b"\x03")) == 1002
    for reason in (b"", b"Hello World!", b"*" * 123, "țăran".encode()):
        assert closed_with(service, close(1000, reason)) == 1000
    assert closed_with(service, close(1000, b"*" * 124)) == 1002


def test_a_reason_that_is_not_utf8_closes_with_an_error(service):
    for reason in INVALID:
        if len(reason) <= 123:
            assert closed_with(service, close(1000, reason)) in (1002, 1007), reason


def test_codes_that_may_be_sent_are_answered_with_themselves_and_others_with_1002(service):
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        assert closed_with(service, close(code)) == code
        assert closed_with(service, close(code, b"reason"), piece=OCTET) == code
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999):
        assert closed_with(service, close(code)) == 1002, code


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


# -- the real socket


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
