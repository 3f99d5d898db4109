#!/usr/bin/env python3
"""Compares what a ping costs on three WebSocket servers in the same run: bare Beast, our transport with a minimal
session actor, and the whole service.

The server runs on core 0, the load on core 1; rounds alternate, and each figure is the median of its rounds, so that
another process on the machine troubles both alike. Prints a table and, with --json, the figures.

  bench/ping_ratio.py BIN_DIR [--rounds N] [--seconds S] [--connections 1,50,500] [--idle 10000]
"""
import argparse
import contextlib
import json
import pathlib
import statistics

from servers import Server, allow_many_files, figures, temporary_store

CORE_0 = ("taskset", "-c", "0")


@contextlib.contextmanager
def started(binaries, name):
    """A server on core 0, and what ws_load needs to be let in."""
    if name != "btpayd":
        with Server(*CORE_0, binaries / name) as server:
            yield server, ()
        return
    with temporary_store(binaries) as store:
        store.add_user("ana")
        with store.start("--threads", "1", under=CORE_0) as service:
            yield service, ("--path", "/ws/btpay/live/", "--cookie", service.log_in("ana"))


def load(binaries, name, *options):
    with started(binaries, name) as (server, way_in):
        return figures(binaries / "ws_load", "--port", server.port, "--server", server.pid, "--core", 1, *way_in, *options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", default="3")
    parser.add_argument("--connections", default="1,50,500")
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    names = ["bare_echo", "session_echo", "btpayd"]
    allow_many_files()

    results = {}
    for connections in wanted.connections.split(","):
        rounds = {name: [] for name in names}
        for _ in range(wanted.rounds):
            for name in names:
                rounds[name].append(load(wanted.binaries, name, "--connections", connections, "--seconds", wanted.seconds))
        results[connections] = {
            name: {key: statistics.median(r[key] for r in rounds[name]) for key in rounds[name][0]} for name in names}
    idle = {name: load(wanted.binaries, name, "--idle", "--connections", wanted.idle, "--seconds", 6) for name in names}

    if wanted.json:
        print(json.dumps({"pings": results, "idle": idle}))
        return
    print(f"{'connections':>11}  {'server':<13}{'messages/s':>11}{'p50 us':>9}{'p99 us':>9}{'CPU us/message':>16}{'ratio':>7}")
    for connections, each in results.items():
        for name in names:
            found = each[name]
            print(f"{connections:>11}  {name:<13}{found['messages_per_s']:>11.0f}{found['p50_us']:>9.1f}"
                  f"{found['p99_us']:>9.1f}{found['cpu_us']:>16.2f}{found['cpu_us'] / each[names[0]]['cpu_us']:>7.2f}")
    print(f"bytes of RSS for each of {wanted.idle} idle connections: "
          + ", ".join(f"{name} {idle[name]['bytes_each']:.0f}" for name in names))


if __name__ == "__main__":
    main()
