#!/usr/bin/env python3
"""A fan-out of deltas to many sockets of one user, with and without a tenth of them that do not read, in turn on fresh
services.

  bench/slow_readers.py BIN_DIR [--connections N] [--payments N] [--rounds N] [--send-buffer-bytes N]

Prints p50 and p99 of the time from a payment's post to each reader, the service's memory, what became of the slow
sockets, and the service's own counters. Exit code 1 where deltas of no slow socket were dropped, one of them does not end
with the views of the readers, the service counts other messages than arrived, or p99 is over 1.2 times that without.
"""
import argparse
import json
import pathlib
import statistics
import sys
import time

from servers import figures, temporary_store

BAR = 1.2

USER = "fan"
COUNTERS = "btpay_transport_"


def measure(wanted, slow):
    with temporary_store(wanted.binaries) as store:
        store.add_user(USER)
        token = store.token()
        with store.start("--log-level", "error", *wanted.options) as service:
            found = figures(wanted.binaries / "fan_out", "--port", service.port, "--connections", wanted.connections, "--slow", slow,
                            "--payments", wanted.payments, "--now", int(time.time()), "--cookie", service.log_in(USER),
                            "--token", token, "--user", USER, "--server", service.pid)
            counters = {name.removeprefix(COUNTERS).removesuffix("_total"): int(value)
                        for name, value in service.metrics().items() if name.startswith(COUNTERS)}
            return found, counters


def complaints(found, counters):
    """What is not as it has to be."""
    slow = found["slow"]
    if counters["frames_sent"] != found["messages"]:
        yield f"the service counts {counters['frames_sent']} messages, {found['messages']} arrived"
    if counters["closed_slow"] != found["slow_closed"]:
        yield f"the service closed {counters['closed_slow']} slow sockets, {found['slow_closed']} are"
    if found["slow_converged"] != slow - found["slow_closed"]:
        yield f"{found['slow_converged']} of {slow} slow sockets converged"
    if slow and not (counters["frames_conflated"] and found["slow_conflated"]):
        yield "nothing was dropped: the slow sockets pressed no queue"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--payments", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--send-buffer-bytes", help="as for btpayd; else its default")
    wanted = parser.parse_args()
    wanted.options = ["--send-buffer-bytes", wanted.send_buffer_bytes] if wanted.send_buffer_bytes else []
    p99 = {0: [], wanted.connections // 10: []}
    wrong = []
    for _ in range(wanted.rounds):
        for slow, seen in p99.items():
            found, counters = measure(wanted, slow)
            seen.append(found["p99_ms"])
            wrong += complaints(found, counters)
            shown = ("frames_sent", "frames_conflated", "closed_slow", "writes")
            print(json.dumps(found), *(f"{name} {counters[name]}" for name in shown), sep="\n  ", flush=True)
    without, with_slow = (statistics.median(seen) for seen in p99.values())
    ratio = with_slow / without
    print(f"p99 of the readers: {without:.1f} ms without slow sockets, {with_slow:.1f} ms with, ratio {ratio:.2f}; the bar is {BAR}")
    print(*wrong, sep="\n")
    return bool(wrong) or ratio > BAR


if __name__ == "__main__":
    sys.exit(main())
