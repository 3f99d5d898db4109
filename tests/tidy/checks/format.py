"""C++ is as clang-format 14 writes it. Formatting is not discussed."""

import pathlib
import subprocess

STYLE = pathlib.Path(__file__).resolve().parents[3] / ".clang-format"


def violations(tree):
    files = tree.cpp()
    if not files:
        return
    done = subprocess.run(
        ["clang-format-14", f"--style=file:{STYLE}", "--dry-run", "--Werror", "--ferror-limit=1", *files],
        cwd=tree.root,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    complaints = [line for line in done.stderr.split("\n") if "error:" in line]
    if done.returncode != 0 and not complaints:
        complaints = [f"clang-format-14 ended with {done.returncode}: {done.stderr}"]
    yield from complaints


PLANTED = [{"domain/a.cpp": "int  f( ){return 1;}\n"}]
CLEAN = [{"domain/a.cpp": "int f() { return 1; }\n"}]
