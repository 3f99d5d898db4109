#!/usr/bin/env python3
"""Compares what a ping costs on two WebSocket servers, such as bare Beast and ours, in the same run.

The server runs on core 0, the load on core 1; rounds alternate, and each figure is the median of its rounds, so that
another process on the machine troubles both alike. Prints a table and, with --json, the figures.

  bench/ping_ratio.py BIN_DIR [--rounds N] [--seconds S] [--connections 1,50,500] [--idle 10000]
"""
import argparse
import json
import pathlib
import statistics
import subprocess


class Server:
    def __init__(self, command):
        self.process = subprocess.Popen(["taskset", "-c", "0", *command], stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def load(binaries, server, *options):
    command = [binaries / "ws_load", "--port", server.port, "--server", str(server.process.pid), "--core", "1", *options]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", default="3")
    parser.add_argument("--connections", default="1,50,500")
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    names = ["bare_echo", "session_echo"]
    raise_limit()

    results = {}
    for connections in wanted.connections.split(","):
        rounds = {name: [] for name in names}
        for _ in range(wanted.rounds):
            for name in names:
                with Server([wanted.binaries / name]) as server:
                    rounds[name].append(load(wanted.binaries, server, "--connections", connections,
                                             "--seconds", wanted.seconds))
        results[connections] = {
            name: {key: statistics.median(r[key] for r in rounds[name]) for key in rounds[name][0]} for name in names}
    idle = {}
    for name in names:
        with Server([wanted.binaries / name]) as server:
            idle[name] = load(wanted.binaries, server, "--idle", "--connections", str(wanted.idle), "--seconds", "1")

    if wanted.json:
        print(json.dumps({"pings": results, "idle": idle}))
        return
    print(f"{'':>12} {'messages/s':>22} {'p50 us':>18} {'p99 us':>18} {'server CPU us/message':>28}")
    print(f"{'connections':>12} {'bare':>11}{'ours':>11} {'bare':>9}{'ours':>9} {'bare':>9}{'ours':>9} "
          f"{'bare':>10}{'ours':>9}{'ratio':>9}")
    for connections, each in results.items():
        bare, ours = (each[name] for name in names)
        print(f"{connections:>12} {bare['messages_per_s']:>11.0f}{ours['messages_per_s']:>11.0f} "
              f"{bare['p50_us']:>9.1f}{ours['p50_us']:>9.1f} {bare['p99_us']:>9.1f}{ours['p99_us']:>9.1f} "
              f"{bare['cpu_us']:>10.2f}{ours['cpu_us']:>9.2f}{ours['cpu_us'] / bare['cpu_us']:>9.2f}")
    print(f"bytes of RSS for each of {wanted.idle} idle connections: "
          f"bare {idle[names[0]]['bytes_each']:.0f}, ours {idle[names[1]]['bytes_each']:.0f}")


def raise_limit():
    import resource
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
