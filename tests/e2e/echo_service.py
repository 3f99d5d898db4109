"""A service with the echo of the tests, and what its conversations have in common. /ws/echo shares everything with the real
sockets but its limit."""

import pytest
from service import Service
from wire import BINARY, TEXT, Wire, close

OCTET = 1
SIZES = (0, 1, 125, 126, 127, 128, 65535, 65536)
MIB = 1024 * 1024
KINDS = ((TEXT, b"*"), (BINARY, b"\xfe"))

# What is not UTF-8.
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
