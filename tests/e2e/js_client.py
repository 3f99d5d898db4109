"""The JavaScript client library on the real service, in a process of its own, with the face of the Python one."""

import asyncio
import itertools
import json
import pathlib
import shutil
import types

from live_client import HASTE, VIEWS

from btpay_client import BtpayError
from btpay_client.events import Events

PROGRAM = pathlib.Path(__file__).with_name("live_client.mjs")
NODE = shutil.which("node", path="/usr/bin") or shutil.which("nodejs")


class JsClient:
    def __init__(self, service, port, name, **options):
        self._url = f"ws://127.0.0.1:{port}/ws/btpay/live/"
        self._arguments = [service.log_in(name), str(HASTE), json.dumps(options)]
        self._events = Events()
        self._numbers = itertools.count()
        self._asked = {}
        self._life = None
        self._process = None
        self.state = "idle"
        self.views = {view: types.SimpleNamespace(name=view, data=None, seq=None, current=False) for view in VIEWS}
        self.position = None

    def on(self, event, listener):
        return self._events.on(event, listener)

    def connect(self):
        self._life = asyncio.ensure_future(self._live())

    async def close(self):
        """Keeps the position that the client had."""
        self.position = await self.ask("leave")
        self._process.stdin.close()
        await self._process.wait()
        await self._life

    async def statistics(self):
        return await self.ask("statistics")

    async def categorize(self, identity, category):
        return await self.ask("categorize", identity, category)

    async def ask(self, method, *arguments):
        while self._process is None:
            await asyncio.sleep(0)
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"ask": number, "method": method, "arguments": arguments})
        self._process.stdin.write(line.encode() + b"\n")
        return await self._asked[number]

    async def _live(self):
        self._process = await asyncio.create_subprocess_exec(
            "setpriv", "--pdeathsig", "KILL", NODE, PROGRAM, self._url, *self._arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
        )  # fmt: skip
        while line := await self._process.stdout.readline():
            self._take(json.loads(line))
        for future in self._asked.values():
            if not future.done():
                future.set_exception(BtpayError("gone", "the program ended"))

    def _take(self, line):
        if "answer" in line:
            future = self._asked.pop(line["answer"])
            if "error" in line:
                future.set_exception(BtpayError(line["error"]["code"], line["error"]["message"]))
            else:
                future.set_result(line["value"])
            return
        event, value = line["event"], line["value"]
        if event == "state":
            self.state = value
        elif event == "view":
            vars(self.views[value["name"]]).update(value)
        self._events.emit(event, value)
        self._events.emit("message", value)
