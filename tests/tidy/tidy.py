#!/usr/bin/env python3
"""The tree's own rules as tests: `tidy.py CHECK` reads the tree, `tidy.py CHECK --self-test` proves that the check bites.

Exit codes: 0 nothing found, 1 violations (one per line), 2 could not run.
"""

import argparse
import importlib
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("check", choices=sorted(path.stem for path in HERE.glob("checks/[a-z]*.py")))
    parser.add_argument("--root", default=HERE.parent.parent, help="the tree to read")
    parser.add_argument("--self-test", action="store_true", help="read planted violations instead of the tree")
    arguments = parser.parse_args()
    check = importlib.import_module("checks." + arguments.check)
    found = list(self_test(check) if arguments.self_test else check.violations(Tree(arguments.root)))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def self_test(check):
    """Gives a line for each planted violation that was missed, and for each clean tree that was complained of."""
    for number, files in enumerate(check.PLANTED, start=1):
        if not list(violations_in(check, files)):
            yield f"planted violation {number} was not found: {files}"
    for number, files in enumerate(check.CLEAN, start=1):
        for violation in violations_in(check, files):
            yield f"clean tree {number} was complained of: {violation}"


def violations_in(check, files):
    with tempfile.TemporaryDirectory(prefix="btpay-tidy-") as folder:
        for path, text in files.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        yield from check.violations(Tree(folder))


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    sys.dont_write_bytecode = True
    from tree import Tree

    sys.exit(main())
