"""Text files are UTF-8 without tabs, trailing space or carriage returns, and end with one line end."""

TEXT = (".hpp", ".cpp", ".py", ".js", ".mjs", ".css", ".html", ".sh", ".cmake", ".txt", ".md", ".yaml", ".yml", ".toml")
SCRIPTS = ("tools/run", "tools/test", ".ci/run")


def violations(tree):
    for path in tree.ending(*TEXT, *SCRIPTS):
        # Golden files are bytes, whatever they look like.
        if path.startswith("tests/golden/"):
            continue
        text = tree.text(path)
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield f"{path}: has to end with exactly one line end"
        for number, line in tree.lines(path):
            if "\t" in line:
                yield f"{path}:{number}: a tab"
            if line != line.rstrip():
                yield f"{path}:{number}: space at the end of the line"
            if any("\udc80" <= character <= "\udcff" for character in line):
                yield f"{path}:{number}: not UTF-8"


PLANTED = [
    {"a.md": "one \n"},
    {"a.cpp": "\tint x;\n"},
    {"a.hpp": "int x;"},
    {"a.hpp": "int x;\n\n"},
    {"a.py": "x\r\n"},
]
CLEAN = [{"a.md": "one\n\ntwo\n"}, {"tests/golden/frame.txt": "\tone \r\n"}, {"a.cpp": ""}]
