#!/usr/bin/env python3
"""Durable appends per second, end to end over HTTP, beside the event log alone, a bare LMDB loop, and a bare Beast server
that answers the same requests without looking at them, in the same run.

Each answer of btpayd that is counted came after the commit that holds its rows. Server, load and disk share the machine.

  bench/ingest_ratio.py BIN_DIR [--seconds S] [--folder DIR]
"""
import argparse
import pathlib
import subprocess

from servers import Server, figures, temporary_store

USERS = [f"user-{number}" for number in range(8)]
# Requests in flight, rows in each, users that they are spread over.
LOADS = [(1, 1, 1), (1, 64, 1), (8, 64, 8), (64, 1, 1), (64, 1, 8), (64, 64, 8), (512, 1, 8)]


def load(binaries, server, token, in_flight, rows, users, seconds):
    names = [option for user in USERS[:users] for option in ("--user", user)]
    return figures(binaries / "http_load", "--port", server.port, "--token", token, *names, "--in-flight", in_flight, "--rows", rows,
                   "--seconds", seconds, "--pid", server.pid)


def compare(binaries, service, token, seconds):
    print(f"\n{'in flight':>9}{'rows':>6}{'users':>7}{'events/s':>11}{'p50 us':>9}{'p99 us':>9}{'CPU us/event':>14}"
          f"{'bare HTTP/s':>13}{'CPU us/event':>14}")
    for in_flight, rows, users in LOADS:
        found = load(binaries, service, token, in_flight, rows, users, seconds)
        with Server(binaries / "bare_http", rows) as bare:
            peer = load(binaries, bare, "none", in_flight, rows, users, seconds)
        print(f"{in_flight:>9}{rows:>6}{users:>7}{found['events_per_second']:>11.0f}{found['p50_us']:>9.0f}"
              f"{found['p99_us']:>9.0f}{found['server_cpu_us_per_event']:>14.2f}{peer['events_per_second']:>13.0f}"
              f"{peer['server_cpu_us_per_event']:>14.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--seconds", default="3")
    parser.add_argument("--folder", help="where the log is to be; its disk is what is measured")
    wanted = parser.parse_args()
    with temporary_store(wanted.binaries, wanted.folder) as store:
        subprocess.run([wanted.binaries / "log_append", store.data.parent / "bare", wanted.seconds], check=True)
        for user in USERS:
            store.add_user(user)
        token = store.token()
        with store.start() as service:
            compare(wanted.binaries, service, token, wanted.seconds)
            print(f"{service.metrics()['btpay_log_position']:.0f} events in the log")
        print(store.tool("btpay-replay", "verify").strip())


if __name__ == "__main__":
    main()
