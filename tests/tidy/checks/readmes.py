"""Each source folder says in a page what it is for, who may call it, and what holds."""

from tree import LAYERS, folder_of

LINES_MAX = 40


def violations(tree):
    folders = {folder_of(path) for path in tree.cpp()} & {*LAYERS, "tools", "bench"}
    for folder in sorted(folders):
        path = f"{folder}/README.md"
        if not tree.exists(path):
            yield f"{path}: is missing"
        elif tree.text(path).count("\n") > LINES_MAX:
            yield f"{path}: more than {LINES_MAX} lines"


PLANTED = [
    {"domain/money.cpp": ""},
    {"domain/money.cpp": "", "domain/README.md": "\n" * (LINES_MAX + 1)},
]
CLEAN = [{"domain/money.cpp": "", "domain/README.md": "\n" * LINES_MAX}, {"docs/a.md": ""}]
