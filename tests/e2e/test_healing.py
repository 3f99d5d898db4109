"""A delta that is lost or changed on its way: the client notices and heals by itself."""

import asyncio
import re

import live_client
import rows
from proxy import Proxy

# Every eighth delta has a hash, which finds what `prev` cannot.
HASH_EVERY = 8


async def spoiled_once(world, edit, name):
    """Posts payments while the first pending delta is spoiled; gives the heals."""
    service, spoiled = world.service, []

    def once(text):
        if spoiled or '"pending_delta"' not in text:
            return text
        spoiled.append(text)
        return edit(text)

    async with Proxy(service.port) as proxy:
        async with live_client.make(service, proxy.port, name) as client:
            heals = []
            client.on("heal", heals.append)
            await client.ready()
            proxy.edit = once
            for _ in range(2 * HASH_EVERY):
                posted = await asyncio.to_thread(service.post, world.ingest, rows.row(name))
                pending = client.views["pending"]
                await live_client.until(client, lambda: bool(spoiled), "no delta of the pending view")
                if len(heals) > 0 or len(spoiled) == 0:
                    await live_client.until(client, lambda: pending.current and pending.seq >= posted["seq"], "not healed")
            await live_client.agreed(service, name, client)
    assert spoiled
    return heals


def test_a_client_that_misses_a_delta_heals_at_the_next(world):
    assert asyncio.run(spoiled_once(world, lambda text: None, "ana")) == [("pending", "gap")]


def test_a_client_whose_delta_was_changed_heals_at_the_next_hash(world):
    def changed(text):
        return re.sub(r'"amount":\s*(\d)', lambda found: f'"amount":9{found.group(1)}', text, count=1)

    assert asyncio.run(spoiled_once(world, changed, "bogdan")) == [("pending", "hash")]


def test_a_client_whose_message_was_torn_resumes(world):
    async def story():
        async with Proxy(world.service.port) as proxy:
            async with live_client.make(world.service, proxy.port, "carmen") as client:
                await client.ready()
                proxy.edit = lambda text: text[: len(text) // 2]
                states = []
                client.on("state", states.append)
                await asyncio.to_thread(world.service.post, world.ingest, rows.row("carmen"))
                await live_client.until(client, lambda: "waiting" in states, "not noticed")
                proxy.edit = None
                await live_client.agreed(world.service, "carmen", client)

    asyncio.run(story())
