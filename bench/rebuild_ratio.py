#!/usr/bin/env python3
"""Events per second and core of `btpay-replay rebuild` (scan, decode, fold, render, store), beside a scan that only decodes
and a bare LMDB scan in the same run, both of pages that have to be mapped first, as those of a rebuild have.

  bench/rebuild_ratio.py BIN_DIR [--events N] [--users N] [--rounds N] [--folder DIR]

A rebuild's figure is events over processor time (user and system) of its one thread: what a core gives, also on a machine
with other work.
"""
import argparse
import pathlib
import resource
import statistics
import subprocess
import tempfile


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def scans(binaries, folder):
    """Events/s of the decoding scan and of the bare one."""
    said = subprocess.run([binaries / "log_append", folder / "scan", "1"], check=True, stdout=subprocess.PIPE, text=True).stdout
    line = next(line for line in said.splitlines() if line.startswith("first scan"))
    return [int(word) for word in line.split()[2:4]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as name:
        folder = pathlib.Path(name)
        subprocess.run([wanted.binaries / "fill_log", folder / "data", str(wanted.events), str(wanted.users)], check=True)
        decoding, bare = scans(wanted.binaries, folder)
        print(f"{'what':24}{'events/s and core':>20}{'of decoding':>14}{'of bare':>10}")
        print(f"{'bare scan':24}{bare:20,}{'':14}{1:10.2f}")
        print(f"{'decoding scan':24}{decoding:20,}{1:14.2f}{decoding / bare:10.2f}")
        for what, options in [("rebuild, all views", [])] + [(f"rebuild, {view}", ["--view", view])
                                                             for view in ("dashboard", "pending", "hourly", "categories")]:
            took = []
            for _ in range(wanted.rounds):
                before = processor_seconds()
                subprocess.run([wanted.binaries / "btpay-replay", "--data", folder / "data", "rebuild", "--threads", "1", *options],
                               check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                took.append(processor_seconds() - before)
            rate = wanted.events / statistics.median(took)
            print(f"{what:24}{rate:20,.0f}{rate / decoding:14.2f}{rate / bare:10.2f}")


if __name__ == "__main__":
    main()
