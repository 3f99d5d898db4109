#!/usr/bin/env python3
"""A fan-out to many sockets of one user, with and without a tenth of them that do not read, in turn on fresh services.

  bench/slow_readers.py BIN_DIR [--connections N] [--payments N] [--rounds N]

Prints p50 and p99 of the time from a payment's post to each reader, the service's memory, what became of the slow
sockets, and the service's own counters.
"""
import argparse
import http.client
import json
import pathlib
import statistics
import subprocess
import tempfile

USER, PASSWORD = "fan", "a good password"


class Service:
    def __init__(self, binaries, data):
        self.binaries, self.data = binaries, data
        self.admin("user", "add", USER, "--password-stdin", stdin=PASSWORD)
        self.token = self.admin("token", "create", "--scope", "ingest").strip()
        self.process = subprocess.Popen([binaries / "btpayd", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "error"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[-1].rsplit(":", 1)[-1])

    def admin(self, *arguments, stdin=""):
        return subprocess.run([self.binaries / "btpay-admin", "--data", self.data, *arguments], check=True,
                              input=stdin, stdout=subprocess.PIPE, text=True).stdout

    def ask(self, method, path, body=None):
        door = http.client.HTTPConnection("127.0.0.1", self.port)
        door.request(method, path, body, {"Content-Type": "application/json"})
        answer = door.getresponse()
        return answer, answer.read().decode()

    def cookie(self):
        answer, _ = self.ask("POST", "/login", json.dumps({"username": USER, "password": PASSWORD}))
        return answer.getheader("Set-Cookie").split(";")[0]

    def counters(self):
        _, text = self.ask("GET", "/metrics")
        return [line for line in text.splitlines() if not line.startswith("#") and ("slow" in line or "conflat" in line
                                                                                   or "frames" in line)]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def measure(wanted, slow):
    with tempfile.TemporaryDirectory() as folder:
        service = Service(wanted.binaries, pathlib.Path(folder) / "data")
        try:
            command = [wanted.binaries / "fan_out", "--port", service.port, "--connections", wanted.connections, "--slow", slow,
                       "--payments", wanted.payments, "--cookie", service.cookie(), "--token", service.token, "--user", USER,
                       "--server", service.process.pid]
            found = json.loads(subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout)
            return found, service.counters()
        finally:
            service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--payments", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    p99 = {0: [], wanted.connections // 10: []}
    for _ in range(wanted.rounds):
        for slow, seen in p99.items():
            found, counters = measure(wanted, slow)
            seen.append(found["p99_ms"])
            print(json.dumps(found), *counters, sep="\n  ", flush=True)
    without, with_slow = (statistics.median(seen) for seen in p99.values())
    print(f"p99 of the readers: {without:.1f} ms without slow sockets, {with_slow:.1f} ms with, ratio {with_slow / without:.2f}")


if __name__ == "__main__":
    main()
