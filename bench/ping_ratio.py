#!/usr/bin/env python3
"""Compares what a ping costs on three WebSocket servers in the same run: bare Beast, our transport with a minimal
session actor, and the whole service.

The server runs on core 0, the load on core 1; rounds alternate, and each figure is the median of its rounds, so that
another process on the machine troubles both alike. Prints a table and, with --json, the figures.

  bench/ping_ratio.py BIN_DIR [--rounds N] [--seconds S] [--connections 1,50,500] [--idle 10000]
"""
import argparse
import http.client
import json
import pathlib
import statistics
import subprocess
import tempfile


class Server:
    """A server on core 0 whose first line ends with its port. `options` is what ws_load needs to be let in."""

    options = ()

    def __init__(self, command):
        self.process = subprocess.Popen(["taskset", "-c", "0", *command], stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().split()[-1].rsplit(":", 1)[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Service(Server):
    """The real service, with one user and an open WebSocket path."""

    def __init__(self, binaries):
        self.folder = tempfile.TemporaryDirectory()
        data = pathlib.Path(self.folder.name) / "data"
        subprocess.run([binaries / "btpay-admin", "--data", data, "user", "add", "ana", "--password-stdin"],
                       input="benchmark\n", text=True, check=True, stdout=subprocess.DEVNULL)
        super().__init__([binaries / "btpayd", "--data", data, "--listen", "127.0.0.1:0", "--threads", "1"])
        door = http.client.HTTPConnection("127.0.0.1", int(self.port))
        door.request("POST", "/login", json.dumps({"username": "ana", "password": "benchmark"}),
                     {"Content-Type": "application/json"})
        cookie = door.getresponse().getheader("Set-Cookie").split(";")[0]
        door.close()
        self.options = ("--path", "/ws/btpay/live/", "--cookie", cookie)

    def __exit__(self, *_):
        super().__exit__()
        self.folder.cleanup()


def start(binaries, name):
    return Service(binaries) if name == "btpayd" else Server([binaries / name])


def load(binaries, server, *options):
    command = [binaries / "ws_load", "--port", server.port, "--server", str(server.process.pid), "--core", "1",
               *server.options, *options]
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
    names = ["bare_echo", "session_echo", "btpayd"]
    raise_limit()

    results = {}
    for connections in wanted.connections.split(","):
        rounds = {name: [] for name in names}
        for _ in range(wanted.rounds):
            for name in names:
                with start(wanted.binaries, name) as server:
                    rounds[name].append(load(wanted.binaries, server, "--connections", connections,
                                             "--seconds", wanted.seconds))
        results[connections] = {
            name: {key: statistics.median(r[key] for r in rounds[name]) for key in rounds[name][0]} for name in names}
    idle = {}
    for name in names:
        with start(wanted.binaries, name) as server:
            idle[name] = load(wanted.binaries, server, "--idle", "--connections", str(wanted.idle), "--seconds", "6")

    if wanted.json:
        print(json.dumps({"pings": results, "idle": idle}))
        return
    print(f"{'connections':>11}  {'server':<13}{'messages/s':>11}{'p50 us':>9}{'p99 us':>9}{'CPU us/message':>16}{'ratio':>7}")
    for connections, each in results.items():
        for name in names:
            figures = each[name]
            print(f"{connections:>11}  {name:<13}{figures['messages_per_s']:>11.0f}{figures['p50_us']:>9.1f}"
                  f"{figures['p99_us']:>9.1f}{figures['cpu_us']:>16.2f}{figures['cpu_us'] / each[names[0]]['cpu_us']:>7.2f}")
    print(f"bytes of RSS for each of {wanted.idle} idle connections: "
          + ", ".join(f"{name} {idle[name]['bytes_each']:.0f}" for name in names))


def raise_limit():
    import resource
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
