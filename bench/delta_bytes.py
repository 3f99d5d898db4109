#!/usr/bin/env python3
"""Bytes of deltas beside bytes of whole views, for the same changes in the same run, each also compressed: by the service's
own permessage-deflate as it went over the wire, and with zlib's defaults (level 6, a window of 32 KiB) for comparison.

A user with a month of history has a day of payments: as cards report them, a few at a time pending, then booked with another
amount, some categorised by hand, one refund. Four sockets of that user hear every change: subscribed to deltas or to whole
views, each with and without compression. What comes in answer to `subscribe` is not counted.

  bench/delta_bytes.py BIN_DIR [--payments N] [--seed S]

Exit code 1 where deltas are more than 15 % of the whole views.
"""
import argparse
import asyncio
import collections
import contextlib
import datetime
import json
import pathlib
import random
import sys
import zlib

import websockets

from servers import temporary_store

BAR = 0.15
SHOPS = {"Lidl": 80, "Mega Image": 35, "OMV": 250, "STB": 3, "Farmacia Tei": 60, "Starbucks": 22, "eMAG": 300,
         "Netflix": 50, "Kaufland": 140, "Bolt": 25, "Cinema City": 45, "Profi": 30}
HISTORY_DAYS = 30
HISTORY_PAYMENTS = 150


class Feed:
    """The user's payments, as they are posted, and what is pending."""

    def __init__(self, service, token):
        self.service, self.port = service, service.port
        self.token = {"Authorization": f"Bearer {token}"}
        self.cookie = {"Cookie": service.log_in("ana")}

    def ingest(self, *rows):
        """The position in the log."""
        _, text = self.service.ask("POST", "/api/v1/transactions", {"transactions": rows}, **self.token)
        return json.loads(text)["seq"]

    def pending(self):
        _, text = self.service.ask("GET", "/finance/api/bt-pay/pending/", **self.cookie)
        return json.loads(text)


class CountingProtocol(websockets.WebSocketClientProtocol):
    """Counts the bytes that come, frames and all."""

    wire_bytes = 0

    def data_received(self, data):
        self.wire_bytes += len(data)
        super().data_received(data)


class Tally:
    """One socket: what its messages weigh."""

    def __init__(self, socket):
        self.socket = socket
        self.seq = 0
        self.counting = False
        self.wire_before = 0
        self.messages = collections.Counter()
        self.bytes = collections.Counter()
        self.deflated = 0
        self._deflate = zlib.compressobj(wbits=-15)

    def count(self):
        self.counting, self.wire_before = True, self.socket.wire_bytes

    @property
    def wire(self):
        """Bytes that came since; the last pong is among them."""
        return self.socket.wire_bytes - self.wire_before

    async def ask(self, command, answer, **members):
        """Reads up to the answer; gives it."""
        await self.socket.send(json.dumps({"command": command, **members}))
        while True:
            message = await self.read()
            if message["type"] == answer:
                return message

    async def reach(self, seq):
        """Reads up to the change at `seq`; what else came of it is read with the next."""
        while self.seq < seq:
            await self.read()

    async def read(self):
        text = await asyncio.wait_for(self.socket.recv(), 30)
        message = json.loads(text)
        kind = message["type"]
        view = kind.endswith(("_update", "_delta"))
        if view:
            self.seq = max(self.seq, message["seq"])
        if view and self.counting:
            packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            self.deflated += len(packed) - 4  # RFC 7692 leaves the last four off
            self.bytes[kind] += len(text.encode())
            self.messages[kind] += 1
        return message


def payment(rng, number, shop, at, **fields):
    amount = SHOPS[shop] * rng.uniform(0.4, 1.8)
    return {"external_id": f"card-{number}", "source": "card", "user": "ana", "date": at.isoformat(), "currency": "RON",
            "amount": f"-{amount:.2f}", "description": f"BT Pay - {shop}", **fields}


async def day(feed, rng, payments):
    now = datetime.datetime.now(datetime.timezone.utc)
    shops = list(SHOPS)
    feed.ingest(*(payment(rng, f"old-{n}", rng.choice(shops),
                          now - datetime.timedelta(days=HISTORY_DAYS) * (1 - n / HISTORY_PAYMENTS), status="synced")
                  for n in range(HISTORY_PAYMENTS)))
    feed.ingest(*(payment(rng, f"late-{n}", rng.choice(shops), now - datetime.timedelta(hours=30 + n)) for n in range(6)))
    url = f"ws://127.0.0.1:{feed.port}/ws/btpay/live/?level=2"
    options = {"extra_headers": feed.cookie, "max_size": None, "ping_interval": None,
               "create_protocol": CountingProtocol}
    async with contextlib.AsyncExitStack() as stack:
        deltas, whole, small_deltas, small_whole = [
            Tally(await stack.enter_async_context(websockets.connect(url, compression=compression, **options)))
            for compression in (None, None, "deflate", "deflate")]
        tallies = {deltas: True, whole: False, small_deltas: True, small_whole: False}
        for tally, wanted in tallies.items():
            await tally.ask("subscribe", "subscribed", deltas=wanted, views=["dashboard", "pending", "hourly", "categories"])
            await tally.ask("request_categories", "category_update")
            await tally.ask("ping", "pong")
            tally.count()

        async def changed(seq):
            for tally in tallies:
                await tally.reach(seq)

        for number in range(payments):
            at = now - datetime.timedelta(minutes=40 * (payments - number) % 1200)
            row = payment(rng, number, rng.choice(shops), at, bank_status="pending")
            await changed(feed.ingest(row))
            if rng.random() < 0.3:  # booked, at another amount than was reserved
                await changed(feed.ingest({**row, "bank_status": "booked", "amount": f"{float(row['amount']) * 1.1:.2f}"}))
            if rng.random() < 0.6:
                pending = feed.pending()
                answer = await deltas.ask("categorize", "categorize_result", id=rng.choice(pending)["id"], category="food")
                await changed(answer["seq"])
        refund = payment(rng, "refund", "eMAG", now)
        await changed(feed.ingest({**refund, "amount": refund["amount"].lstrip("-")}))
        for tally in tallies:
            await tally.ask("ping", "pong")
        return deltas, whole, small_deltas, small_whole


def report(deltas, whole, small_deltas, small_whole):
    print(f"{'':22}{'messages':>9}{'bytes':>10}")
    for tally in (whole, deltas):
        for kind in sorted(tally.bytes):
            print(f"{kind:22}{tally.messages[kind]:>9}{tally.bytes[kind]:>10}")
    full, sent = sum(whole.bytes.values()), sum(deltas.bytes.values())
    print(f"\n{'':22}{'bytes':>10}{'of whole':>10}{'--deflate':>12}{'of whole':>10}{'zlib 32 KiB':>13}{'of whole':>10}")
    for name, tally, small, total in (("whole views", whole, small_whole, full), ("deltas", deltas, small_deltas, sent)):
        print(f"{name:22}{total:>10}{total / full:>10.1%}{small.wire:>12}{small.wire / full:>10.1%}{tally.deflated:>13}{tally.deflated / full:>10.1%}")
    return sent / full


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--payments", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with temporary_store(wanted.binaries) as store:
        store.add_user("ana")
        token = store.token()
        with store.start("--deflate") as service:
            found = report(*asyncio.run(day(Feed(service, token), random.Random(wanted.seed), wanted.payments)))
    print(f"\ndeltas are {found:.1%} of the whole views; the bar is {BAR:.0%}")
    return found > BAR


if __name__ == "__main__":
    sys.exit(main())
