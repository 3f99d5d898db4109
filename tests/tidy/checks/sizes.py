"""A file holds one idea. About 100 lines is normal; 400 draws a warning; 600 needs a reason, in LONG below."""

WARNED_LINES = 400
LINES_MAX = 600

# Files that may be longer, each with its reason.
LONG = {}


def violations(tree):
    for path in tree.ending(".hpp", ".cpp", ".py", ".js", ".mjs", ".css", ".html", ".sh", ".cmake", "CMakeLists.txt"):
        count = tree.text(path).count("\n")
        if count > LINES_MAX and path not in LONG:
            yield f"{path}: {count} lines, more than {LINES_MAX}: divide it by ideas, or give a reason in sizes.py"
        elif count > WARNED_LINES:
            print(f"warning: {path}: {count} lines, more than {WARNED_LINES}")
    for path in LONG:
        if tree.exists("tests/tidy") and not tree.exists(path):
            yield f"tests/tidy/checks/sizes.py: {path} has a reason to be long, and is gone"


PLANTED = [{"domain/money.cpp": "\n" * (LINES_MAX + 1)}]
CLEAN = [{"domain/money.cpp": "\n" * LINES_MAX, "docs/long.md": "\n" * 2000}]
