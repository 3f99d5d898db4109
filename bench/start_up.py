#!/usr/bin/env python3
"""How long btpayd takes from its start to the first answer over a log of many events, which was not closed cleanly.

  bench/start_up.py BIN_DIR [--events N] [--users N] [--rounds N] [--stored] [--folder DIR] [--data DIR]

Each round starts the service anew and asks for the dashboard of another user: first with the log's pages dropped from the
page cache, then with what the round before left there. "listening" is when it accepts connections. With --stored the
same again after `btpay-replay rebuild`: then the view is served as it was stored. With few --users, each has a long history.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import time

from servers import Store, temporary_store


def drop_pages(folder):
    for path in folder.rglob("data.mdb"):
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def start(store, token):
    begun = time.monotonic()
    with store.start("--log-level", "error", "--no-rebuild-views") as service:
        listening = time.monotonic() - begun
        service.ask("GET", "/finance/api/bt-pay/dashboard/", Authorization=f"Bearer {token}")
        answered = time.monotonic() - begun
        service.kill()  # so that the next round finds the log as this one did
    return listening, answered


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--events", default="10000000")
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stored", action="store_true", help="also with stored views of all users")
    parser.add_argument("--folder", help="where the log is to be; its disk is what is measured")
    parser.add_argument("--data", type=pathlib.Path, help="a store that fill_log made before with as many users")
    wanted = parser.parse_args()
    with temporary_store(wanted.binaries, wanted.folder) as made:
        store = Store(wanted.binaries, wanted.data) if wanted.data else made
        data = store.data
        begun = time.monotonic()
        if not wanted.data:
            subprocess.run([wanted.binaries / "fill_log", data, wanted.events, str(wanted.users)], check=True)
        size = (data / "log" / "data.mdb").stat().st_size
        print(f"{size / 1e9:.2f} GB" + ("" if wanted.data else f", made in {time.monotonic() - begun:.0f} s"))
        tokens = [store.token("--user", f"user{1 + number % wanted.users}")
                  for number in range((4 if wanted.stored else 2) * wanted.rounds)]
        kinds = [("cold", True), ("warm", False)]
        if wanted.stored:
            kinds += [("stored, cold", True), ("stored, warm", False)]
        for name, is_cold in kinds:
            if name == "stored, cold":
                begun = time.monotonic()
                subprocess.run([wanted.binaries / "btpay-replay", "--data", data, "rebuild"], check=True,
                               stderr=subprocess.DEVNULL)
                print(f"rebuilt in {time.monotonic() - begun:.0f} s")
            found = []
            for _ in range(wanted.rounds):
                if is_cold:
                    drop_pages(data)
                found.append(start(store, tokens.pop()))
            for what, seconds in zip(("listening", "first answer"), zip(*found)):
                print(f"{name}: {what} after {statistics.median(seconds):.3f} s (median of {wanted.rounds}), "
                      f"{max(seconds):.3f} s at most")


if __name__ == "__main__":
    main()
