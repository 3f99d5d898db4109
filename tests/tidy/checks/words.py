"""Words that have no place in a tree that others read: paths of one machine, and promises to finish later."""

import re

WORDS = (
    (re.compile(r"(?<![\w.])/(work|home|Users)/\w"), "a path of one machine"),
    (re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK)\b"), "do it now, or leave it out"),
)

# What is compared by bytes, and this list itself.
NOT_READ = ("tests/golden/", "tests/tidy/checks/words.py")
BINARY = (".png", ".ico", ".mdb", ".bin", ".woff2")


def violations(tree):
    for path in tree.files:
        if path.startswith(NOT_READ) or path.endswith(BINARY):
            continue
        for number, line in tree.lines(path):
            for word, reason in WORDS:
                match = word.search(line)
                if match:
                    yield f"{path}:{number}: {match.group()}: {reason}"


PLANTED = [
    {"docs/a.md": "see /work/shared\n"},
    {"a.cpp": "// TODO later\n"},
    {"tools/run": "cd /home/me\n"},
]
CLEAN = [{"docs/a.md": "https://example.org/work/x and /var/lib/btpay\n"}, {"a.cpp": "// XXX is no currency\n"}]
