#!/usr/bin/env python3
"""Durable appends per second, end to end over HTTP, beside the event log alone, a bare LMDB loop, and a bare Beast server
that answers the same requests without looking at them, in the same run.

Each answer of btpayd that is counted came after the commit that holds its rows. Server, load and disk share the machine.

  bench/ingest_ratio.py BIN_DIR [--seconds S] [--folder DIR]
"""
import argparse
import http.client
import json
import pathlib
import subprocess
import tempfile

USERS = [f"user-{number}" for number in range(8)]
# Requests in flight, rows in each, users that they are spread over.
LOADS = [(1, 1, 1), (1, 64, 1), (8, 64, 8), (64, 1, 1), (64, 1, 8), (64, 64, 8), (512, 1, 8)]


class Server:
    """Something that says `… PORT` when it listens."""

    token = "none"

    def __init__(self, binaries, command):
        self.binaries = binaries
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().split()[-1].rsplit(":", 1)[-1]

    def load(self, in_flight, rows, users, seconds):
        names = [option for user in USERS[:users] for option in ("--user", user)]
        command = [self.binaries / "http_load", "--port", self.port, "--token", self.token, *names, "--in-flight",
                   str(in_flight), "--rows", str(rows), "--seconds", seconds, "--pid", str(self.process.pid)]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Service(Server):
    def __init__(self, binaries, data):
        self.binaries, self.data = binaries, data
        for user in USERS:
            self.admin("user", "add", user)
        self.token = self.admin("token", "create", "--scope", "ingest").strip()
        super().__init__(binaries, [binaries / "btpayd", "--data", data, "--listen", "127.0.0.1:0"])

    def admin(self, *arguments):
        return subprocess.run([self.binaries / "btpay-admin", "--data", self.data, *arguments], check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def head(self):
        door = http.client.HTTPConnection("127.0.0.1", int(self.port))
        door.request("GET", "/metrics")
        lines = door.getresponse().read().decode().splitlines()
        return int(float(next(line for line in lines if line.startswith("btpay_log_position ")).split()[1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--seconds", default="3")
    parser.add_argument("--folder", help="where the log is to be; its disk is what is measured")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as folder:
        subprocess.run([wanted.binaries / "log_append", pathlib.Path(folder) / "bare", wanted.seconds], check=True)
        service = Service(wanted.binaries, pathlib.Path(folder) / "data")
        print(f"\n{'in flight':>9}{'rows':>6}{'users':>7}{'events/s':>11}{'p50 us':>9}{'p99 us':>9}{'CPU us/event':>14}"
              f"{'bare HTTP/s':>13}{'CPU us/event':>14}")
        for in_flight, rows, users in LOADS:
            found = service.load(in_flight, rows, users, wanted.seconds)
            bare = Server(wanted.binaries, [wanted.binaries / "bare_http", str(rows)])
            peer = bare.load(in_flight, rows, users, wanted.seconds)
            bare.stop()
            print(f"{in_flight:>9}{rows:>6}{users:>7}{found['events_per_second']:>11.0f}{found['p50_us']:>9.0f}"
                  f"{found['p99_us']:>9.0f}{found['server_cpu_us_per_event']:>14.2f}{peer['events_per_second']:>13.0f}"
                  f"{peer['server_cpu_us_per_event']:>14.2f}", flush=True)
        print(f"{service.head()} events in the log")
        service.stop()
        verified = subprocess.run([wanted.binaries / "btpay-replay", "--data", pathlib.Path(folder) / "data", "verify"],
                                  stdout=subprocess.PIPE, text=True)
        print(verified.stdout.strip())


if __name__ == "__main__":
    main()
