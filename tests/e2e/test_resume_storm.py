"""Anything that can happen to connections, while payments and notifications flow: cuts at any byte, stalled readers, and
the service killed. After each round every client has what the service has, and was told each notification once.

STORM_ROUNDS=1000 for the long run, SEED=… to repeat one.
"""

import asyncio
import concurrent.futures
import dataclasses
import http.client
import os
import random

import live_client
import rows
from btpay_client import BtpayError, Client
from js_client import JsClient
from proxy import Proxy

ROUNDS = int(os.environ.get("STORM_ROUNDS", "12"))
DEEDS_MAX = 12
CUT_BYTES_MAX = 6000
# A call that fails while the service is there may have been under way when it was killed; many have a reason.
REFUSALS_MAX = 1000
NAMES = ("ana", "bogdan")

# A service ends with the thread that started it; this one outlives the storm.
KEEPER = concurrent.futures.ThreadPoolExecutor(1)


@dataclasses.dataclass
class Listener:
    """A client and all that it was told, over several lives of its process."""

    name: str
    make: object
    deltas: bool
    client: object = None
    told: list = dataclasses.field(default_factory=list)

    def begin(self, world, port, resume=None):
        self.client = self.make(world.service, port, self.name, deltas=self.deltas, resume=resume)
        self.client.on("notification", lambda one: self.told.append((one["id"], one["message"])))
        self.client.connect()


class Storm:
    def __init__(self, world, seed):
        self.world = world
        self.rng = random.Random(seed)
        self.posted = {name: [] for name in NAMES}  # messages of notifications, in order
        self.listeners = [
            Listener(name, make, deltas)
            for name in NAMES
            for make, deltas in ((live_client.make, True), (JsClient, True), (live_client.make, False))
        ]
        self.proxy = Proxy(world.service.port)
        self.serving = asyncio.Lock()  # held while the service is not there
        self.refusals = 0
        self.decisions = []
        self.happened = dict.fromkeys(("payments", "notifications", "cuts", "stalls", "kills", "restarts", "decisions"), 0)

    async def run(self):
        async with self.proxy:
            for listener in self.listeners:
                listener.begin(self.world, self.proxy.port)
            for number in range(ROUNDS):
                await self.round(number)
            for listener in self.listeners:
                await listener.client.close()
        python = [one.client.statistics for one in self.listeners if isinstance(one.client, Client)]
        print(f"{ROUNDS} rounds: {self.happened}; of the Python clients' last lives: "
              f"{sum(one.reconnects for one in python)} reconnects, {sum(one.deltas for one in python)} deltas, "
              f"{sum(one.wholes for one in python)} whole views, {sum(one.hashes_fit for one in python)} hashes fit, "
              f"{sum(sum(one.heals.values()) for one in python)} heals")  # fmt: skip

    async def round(self, number):
        deeds = [self.pay, self.pay, self.pay, self.notify, self.notify, self.cut, self.cut, self.cut, self.stall, self.decide]
        chosen = [self.rng.choice(deeds) for _ in range(self.rng.randrange(1, DEEDS_MAX))]
        if self.rng.randrange(4) == 0:
            chosen.insert(self.rng.randrange(len(chosen) + 1), self.kill)
        if self.rng.randrange(4) == 0:
            chosen.insert(self.rng.randrange(len(chosen) + 1), self.restart_a_client)
        # Some in turn, some at the same time.
        while chosen:
            together = [chosen.pop() for _ in range(min(len(chosen), self.rng.randrange(1, 4)))]
            await asyncio.gather(*(deed() for deed in together))
        await self.settle(number)

    # -- what happens

    async def outlasting(self, call):
        """A call to the service, again until it is answered: whatever is posted here does no harm twice."""
        while True:
            async with self.serving:
                pass
            try:
                return await asyncio.to_thread(call)
            except (OSError, http.client.HTTPException, AssertionError) as failure:
                if self.serving.locked():
                    continue  # killed under it
                self.refusals += 1
                assert self.refusals < REFUSALS_MAX, failure

    async def pay(self):
        name = self.rng.choice(NAMES)
        description = f"BT Pay - {self.rng.choice(['Lidl', 'Profi', 'Farmacia Tei', 'Nowhere'])} {self.rng.randrange(9)}"
        paid = [
            rows.row(name, amount=f"-{self.rng.randrange(1, 99999) / 100:.2f}", description=description)
            for _ in range(self.rng.randrange(1, 5))
        ]
        self.happened["payments"] += len(paid)
        await self.outlasting(lambda: self.world.service.post(self.world.ingest, *paid))

    async def notify(self):
        name = self.rng.choice(NAMES)
        message = f"{name} {len(self.posted[name])}"
        self.posted[name].append(message)
        self.happened["notifications"] += 1
        body = {"user": name, "message": message, "key": message}

        def post():
            answer = self.world.service.http("POST", "/api/v1/notifications", body, token=self.world.admin)
            assert answer.status == 200, answer

        await self.outlasting(post)

    async def cut(self):
        if not self.proxy.lines:
            return
        line = self.rng.choice(sorted(self.proxy.lines, key=id))
        budget = self.rng.randrange(CUT_BYTES_MAX)
        self.happened["cuts"] += 1
        if self.rng.randrange(4):
            line.down_bytes = budget
        else:
            line.up_bytes = budget % 200

    async def stall(self):
        if self.proxy.lines:
            self.happened["stalls"] += 1
            self.rng.choice(sorted(self.proxy.lines, key=id)).stall()

    async def decide(self):
        listener = self.rng.choice(self.listeners)
        pending = listener.client.views["pending"].data
        if not pending:
            return
        self.happened["decisions"] += 1
        answer = listener.client.categorize(self.rng.choice(pending)["id"], "food")
        # A stalled line would keep it waiting until the round's end.
        self.decisions.append(asyncio.ensure_future(answer))

    async def kill(self):
        self.happened["kills"] += 1
        async with self.serving:
            await asyncio.get_running_loop().run_in_executor(KEEPER, self.world.service.kill)
            await asyncio.get_running_loop().run_in_executor(KEEPER, self.world.service.start)
            self.proxy.target = self.world.service.port

    async def restart_a_client(self):
        """Its process ends, and another goes on from the position that it kept."""
        listener = self.rng.choice(self.listeners)
        self.happened["restarts"] += 1
        await listener.client.close()
        listener.begin(self.world, self.proxy.port, listener.client.position)

    # -- what has to hold

    async def settle(self, number):
        for line in self.proxy.lines:
            line.down_bytes = line.up_bytes = None
            line.flow()
        for decision in self.decisions:
            try:
                await asyncio.wait_for(decision, 30)
            except BtpayError as refused:
                # "closed": whoever asked has ended, as a process that is started anew.
                assert refused.code in ("unknown_item", "gone", "invalid_value", "closed"), refused
        self.decisions = []
        for listener in self.listeners:
            expected = self.posted[listener.name]
            await live_client.until(
                listener.client, lambda: len(listener.told) >= len(expected), f"round {number}: not all of {expected}"
            )
            await live_client.agreed(self.world.service, listener.name, listener.client)
            # Posted at the same time, they may be stored in any order; they are told in the order of the log.
            assert listener.told == sorted(listener.told), f"round {number}"
            assert sorted(message for _, message in listener.told) == sorted(expected), f"round {number}"


def test_clients_through_a_storm_have_what_the_service_has_and_each_notification_once(world):
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"SEED={seed}")
    asyncio.run(Storm(world, seed).run())
