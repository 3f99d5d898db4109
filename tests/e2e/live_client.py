"""The Python client library on the real service, and how to tell that it has what the service has."""

import asyncio
import contextlib
import pathlib
import sys

from client import ANSWERED_SECONDS

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "clients" / "python"))

from btpay_client import Client, canonical  # noqa: E402  # after the path

VIEWS = ("dashboard", "pending", "hourly", "categories")

# Clients wait a second or more before they come again; a test has no time for that.
HASTE = 40


async def hasty_sleep(seconds):
    await asyncio.sleep(seconds / HASTE)


def make(service, port, name, **options):
    """A client of a user, at any port (of a proxy). Its heartbeat rests: cuts are seen at once here."""
    cookie = service.log_in(name)
    settings = {"headers": {"Cookie": f"sessionid={cookie}"}, "sleep": hasty_sleep, "heartbeat_seconds": 1e6}
    return Client(f"ws://127.0.0.1:{port}/ws/btpay/live/", **{**settings, **options})


@contextlib.asynccontextmanager
async def heard(client):
    """An event that is set whenever the client hears anything."""
    something = asyncio.Event()
    offs = [client.on(event, lambda _: something.set()) for event in ("message", "state")]
    try:
        yield something
    finally:
        for off in offs:
            off()


async def until(client, holds, what):
    """Waits until `holds()`, looking whenever the client hears something."""
    async with heard(client) as something:
        try:
            async with asyncio.timeout(ANSWERED_SECONDS):
                while not holds():
                    something.clear()
                    await something.wait()
        except TimeoutError:
            raise AssertionError(f"{what} within {ANSWERED_SECONDS} s; the client is {client.state}") from None


def differing(service, name, client):
    """The views in which the client differs from what the service answers to whoever asks by HTTP."""
    return [
        view
        for view in VIEWS
        if canonical(client.views[view].data) != canonical(service.get(name, f"/finance/api/bt-pay/{view}/").json())
    ]


async def agreed(service, name, client):
    """Waits until the client has what the service has."""
    different = ["everything"]
    async with heard(client) as something:
        try:
            async with asyncio.timeout(ANSWERED_SECONDS):
                while True:
                    something.clear()
                    if client.state == "live":
                        different = await asyncio.to_thread(differing, service, name, client)
                        if not different:
                            return
                    await something.wait()
        except TimeoutError:
            raise AssertionError(f"{name}'s client differs in {different}: {client.state}") from None
