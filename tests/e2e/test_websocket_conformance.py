"""RFC 6455 from outside, in the groups of the public conformance suites: what each case sends, and what has to come back. The
other groups are in test_websocket_text.py and test_websocket_messages.py."""

import pytest
from echo_service import INVALID, KINDS, OCTET, SIZES, check_goodbye, closed_with, echo, service  # noqa: F401
from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close, frame


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
