#!/usr/bin/env python3
"""Attacks on a running service, one after another, while well-behaved users measure what they feel of each.

  bench/hostile.py BIN_DIR [--seconds N] [--connections N] [--flood N]

slowhttptest (apt-get install slowhttptest) in its four modes, a flood of connections, guesses of passwords, giant and deeply
nested JSON, text that is not UTF-8, and compressed bombs. Prints a row for each: p50 and p99 of a ping of 20 open sockets, of a
payment's post to its frame, and of a new connection's request; the service's memory before, at most and after; and what
became of the attackers. Exit code 1 where a well-behaved user was refused, closed or not answered, or memory stayed over
the bar. Loopback only.
"""
import argparse
import asyncio
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import threading
import time
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import recording  # noqa: E402
import rows  # noqa: E402
import wire  # noqa: E402
from servers import allow_many_files, temporary_store  # noqa: E402

PINGERS = 20
RATIO_BAR = 2  # of p99, told
MEMORY_BAR_MB = 256  # more than before, at most
LIVE = "/ws/btpay/live/?level=2"
JSON = {"Content-Type": "application/json"}


# -- the well-behaved, a process of their own


class Arrivals:
    """Wakes whoever waits for a view that contains an import."""

    def __init__(self):
        self.seq, self.news = 0, asyncio.Event()

    def take(self, message):
        if message["type"].startswith("pending_"):
            self.seq = message["seq"]
            self.news.set()


async def ping(port, shown, say):
    socket = None
    while True:
        try:
            if socket is None or socket.failed:
                socket = await recording.Socket.open(port, LIVE, shown)
            begun = time.monotonic()
            await socket.ask({"command": "ping"})
            say("ping", begun)
            socket.part.data.clear()
            socket.part.messages.clear()
        except Exception as failure:
            say("hurt", time.monotonic(), f"ping: {failure!r:.200}")
            socket = None
        await asyncio.sleep(0.1)


async def pay(port, shown, token, say):
    socket, arrivals, lines = await recording.Socket.open(port, LIVE, shown), Arrivals(), recording.Lines(port)
    socket.folds = arrivals
    await socket.ask({"command": "subscribe", "views": ["pending"], "deltas": True})
    while True:
        begun = time.monotonic()
        try:
            answer, _ = await lines.exchange("POST", "/api/v1/transactions", {"Authorization": f"Bearer {token}"}, rows.row("good"))
            seq = answer.json()["seq"]
            while arrivals.seq < seq:
                arrivals.news.clear()
                await asyncio.wait_for(arrivals.news.wait(), 20)
            say("post", begun)
        except Exception as failure:
            say("hurt", begun, f"post: {failure!r:.200}")
        socket.part.data.clear()
        socket.part.messages.clear()
        await asyncio.sleep(0.05)


async def arrive(port, shown, say):
    """A new connection each time."""
    while True:
        begun, lines = time.monotonic(), recording.Lines(port)
        try:
            answer, _ = await lines.exchange("GET", "/finance/api/bt-pay/dashboard/", shown)
            say("new" if answer.status == 200 else "hurt", begun, f"new: {answer.status}")
        except Exception as failure:
            say("hurt", begun, f"new: {failure!r:.200}")
        lines.close()
        await asyncio.sleep(0.1)


async def behave(port, cookie, token):
    def say(kind, begun, what=""):
        print(json.dumps([kind, begun, time.monotonic() - begun, what]), flush=True)

    shown = {"Cookie": cookie}
    await asyncio.gather(*(ping(port, shown, say) for _ in range(PINGERS)), pay(port, shown, token, say), arrive(port, shown, say))


# -- the attacks; each tells what became of it


async def slow(wanted, service, mode, path):
    command = ["slowhttptest", mode, "-c", wanted.connections, "-r", 500, "-i", 2, "-l", wanted.seconds, "-p", 5, "-w", 10, "-y", 20, "-v", 1,
               "-u", f"http://127.0.0.1:{service.port}{path}"]  # fmt: skip
    process = await asyncio.create_subprocess_exec(*map(str, command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output, _ = await asyncio.wait_for(process.communicate(), wanted.seconds + 60)
    text = re.sub(rb"\x1b\[[0-9;]*m", b"", output).decode(errors="replace")
    seen = {name: max(map(int, re.findall(rf"{name}:\s+(\d+)", text)), default=0) for name in ("connected", "error", "closed")}
    unavailable = len(re.findall(r"service available:\s+NO", text))
    ended = re.findall(r"Exit status:\s*(.*)", text)[-1].strip().lower()
    told = f"{seen['connected']} connected at most, {seen['closed']} closed, {seen['error']} errors; {ended}"
    return told + f"; told {unavailable} times that the service is unavailable" * bool(unavailable)


async def flood(wanted, service):
    """Many connections at once that say nothing."""
    told = {"opened": 0, "refused": 0, "closed by the service": 0}

    async def one():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        except OSError:
            told["refused"] += 1
            return
        told["opened"] += 1
        try:
            answer = await asyncio.wait_for(reader.read(), wanted.seconds)
            told["refused" if b" 503 " in answer[:20] or b" 429 " in answer[:20] else "closed by the service"] += 1
        except (OSError, asyncio.TimeoutError):
            pass
        writer.close()

    await asyncio.gather(*(one() for _ in range(wanted.flood)))
    return ", ".join(f"{count} {name}" for name, count in told.items())


async def many(count, at_once, attempt):
    """The answers to so many attempts, counted."""
    told, left = {}, iter(range(count))

    async def worker():
        for _ in left:
            try:
                kind = await attempt()
            except (OSError, EOFError, asyncio.TimeoutError, asyncio.IncompleteReadError):
                kind = "cut off"
            told[kind] = told.get(kind, 0) + 1

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return ", ".join(f"{count} x {kind}" for kind, count in sorted(told.items(), key=str))


async def posted(service, path, body, headers=JSON):
    lines = recording.Lines(service.port)
    try:
        answer, _ = await lines.exchange("POST", path, headers, body)
        return answer.status
    finally:
        lines.close()


async def guess(wanted, service):
    numbers = iter(range(10**6))

    async def attempt():
        return await posted(service, "/login", {"username": "evil" if next(numbers) % 2 else "nobody", "password": "wrong"})

    return await many(1000, 32, attempt)


async def giants(wanted, service):
    token = {**JSON, "Authorization": f"Bearer {service.token}"}
    bodies = [b'{"transactions":[' + b"1," * 5_000_000 + b"1]}", b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
              b'{"transactions":["' + b"\xff" * 1_000_000 + b'"]}', b'{"transactions":[' + b"1," * 3_000_000 + b"1]}"]  # fmt: skip
    numbers = iter(range(10**6))

    async def attempt():
        return await posted(service, "/api/v1/transactions", bodies[next(numbers) % len(bodies)], token)

    return await many(100, 8, attempt)


async def closed_socket(service, cookie, sent, deflate):
    """The code with which a socket of the attacker is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"} if deflate else {}
    writer.write(wire.upgrade_request(LIVE, {"Cookie": cookie, **offer}))
    await recording.read_head(reader)
    writer.write(sent)
    head = await asyncio.wait_for(reader.readexactly(4), 20)
    writer.close()
    return struct.unpack(">H", head[2:])[0] if head[0] == 0x88 else f"frame {head[0]:x}"


async def no_text(wanted, service):
    cookie = service.evil
    return await many(2000, 32, lambda: closed_socket(service, cookie, wire.frame(wire.TEXT, b"fine until \xff"), False))


async def bombs(wanted, service):
    cookie = service.evil
    deflate = zlib.compressobj(9, wbits=-12)
    bomb = deflate.compress(b" " * 50_000_000) + deflate.flush(zlib.Z_SYNC_FLUSH)
    sent = wire.frame(wire.TEXT, bomb[:60_000], rsv=4)
    return await many(500, 32, lambda: closed_socket(service, cookie, sent, True))


async def quiet(wanted, service):
    await asyncio.sleep(wanted.seconds)
    return ""


ATTACKS = [
    ("no attack", quiet),
    ("slow headers (`-H`)", lambda wanted, service: slow(wanted, service, "-H", "/login")),
    ("slow bodies (`-B`)", lambda wanted, service: slow(wanted, service, "-B", "/login")),
    ("ranges (`-R`)", lambda wanted, service: slow(wanted, service, "-R", "/static/dashboard.js")),
    ("slow reading (`-X`)", lambda wanted, service: slow(wanted, service, "-X", "/static/chart.min.js")),
    ("idle connections", flood),
    ("guessed passwords", guess),
    ("giant and deep JSON", giants),
    ("text that is no UTF-8", no_text),
    ("compressed bombs", bombs),
    ("no attack, after all", quiet),
]


# -- what was felt


def of(samples, kind, share):
    values = sorted(1000 * took for what, _, took, _ in samples if what == kind)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


class Watch:
    """Reads what the well-behaved say, and the service's memory."""

    def __init__(self, service, process):
        self.service, self.samples, self.most_mb = service, [], 0
        threading.Thread(target=lambda: self.samples.extend(map(json.loads, iter(process.stdout.readline, ""))), daemon=True).start()

    async def during(self, attack):
        async def look():
            while True:
                self.most_mb = max(self.most_mb, self.service.resident_mb())
                await asyncio.sleep(0.1)

        before, begun, cpu = self.service.resident_mb(), time.monotonic(), self.service.processor_seconds()
        self.most_mb = before
        looking = asyncio.ensure_future(look())
        result = await attack
        looking.cancel()
        ended = time.monotonic()
        await asyncio.sleep(2)  # who waits hears the answer, and memory settles
        felt = [one for one in list(self.samples) if begun <= one[1] <= ended]
        return felt, (before, self.most_mb, self.service.resident_mb()), (self.service.processor_seconds() - cpu) / (ended - begun), result


async def run(wanted, service):
    behaved = subprocess.Popen([sys.executable, __file__, "--behave", str(service.port), service.good, service.token],
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    wrong, baseline = [], None
    try:
        watch = Watch(service, behaved)
        await asyncio.sleep(3)
        print("| attack | ping p50 / p99 ms | payment to frame p50 / p99 ms | new connection p50 / p99 ms | p99 to that without | MB before / most / after | service's cores | what became of it |")
        print("|---|---|---|---|---|---|---|---|")
        for name, attack in ATTACKS:
            felt, memory, cores, result = await watch.during(attack(wanted, service))
            p99 = [of(felt, kind, 0.99) for kind in ("ping", "post", "new")]
            baseline = baseline or p99
            ratio = " / ".join(f"{now / then:.1f}" for now, then in zip(p99, baseline))
            shown = " | ".join(f"{of(felt, kind, 0.5):.1f} / {value:.1f}" for kind, value in zip(("ping", "post", "new"), p99))
            print(f"| {name} | {shown} | {ratio} | {' / '.join(f'{mb:.0f}' for mb in memory)} | {cores:.2f} | {result} |", flush=True)
            wrong += [f"{name}: {what}" for kind, _, _, what in felt if kind == "hurt"]
            wrong += [f"{name}: {memory[1] - memory[0]:.0f} MB more than before"] if memory[1] - memory[0] > MEMORY_BAR_MB else []
            wrong += [f"{name}: nobody was served"] if not felt else []
    finally:
        behaved.kill()
        behaved.wait()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=20, help="of each attack that has no end of its own")
    parser.add_argument("--connections", type=int, default=1000, help="of slowhttptest")
    parser.add_argument("--flood", type=int, default=5000)
    wanted = parser.parse_args()
    if not shutil.which("slowhttptest"):
        sys.exit("slowhttptest is missing: apt-get install slowhttptest")
    allow_many_files()
    with temporary_store(wanted.binaries) as store:
        for name in ("good", "evil"):
            store.add_user(name)
        token = store.token()
        with store.start("--log-level", "error", "--deflate") as service:
            service.good, service.evil, service.token = service.log_in("good"), service.log_in("evil"), token
            wrong = asyncio.run(run(wanted, service))
    print(*wrong[:20], f"{len(wrong)} complaints", sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--behave"]:
        asyncio.run(behave(int(sys.argv[2]), *sys.argv[3:5]))
    sys.exit(main())
