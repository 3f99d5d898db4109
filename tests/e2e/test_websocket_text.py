"""Text on a WebSocket is UTF-8 and nothing else (group 6 of the public conformance suites), however it is cut."""

import os
import random

import pytest
from echo_service import INVALID, OCTET, check_goodbye, closed_with, echo, service  # noqa: F401
from wire import BINARY, CONTINUATION, PING, PONG, TEXT, fragments, frame


VALID = [
    "", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "𐍈𝄞🙂", "\x00", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\uffff",
    *(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17)), "\U00010000", "\U0010ffff",
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
