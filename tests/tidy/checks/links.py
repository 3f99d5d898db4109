"""What the documents point to exists: links, headings, and files named in `code`."""

import posixpath
import re

_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"!?\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]\n]+\]:\s*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ ]+(.*?)[ ]*#*$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

# `docs/PROTOCOL.md`, `storage/lmdb.cpp`: files of ours that a document names. A pattern is none.
_FILE = re.compile(
    r"`((?:actors|bench|cmake|docs|domain|projections|storage|tests|tools|transport|web)/[\w./-]+\.[a-z]{1,5})`"
)


def violations(tree):
    for path in tree.ending(".md"):
        whole = _FENCE.sub(_blank, tree.text(path))
        prose = _CODE.sub(_blank, whole)
        for match in _LINK.finditer(prose):
            reason = _broken(tree, path, match.group(1) or match.group(2))
            if reason:
                yield f"{path}:{_line(prose, match)}: {reason}"
        for match in _FILE.finditer(whole):
            if not tree.exists(match.group(1)):
                yield f"{path}:{_line(whole, match)}: there is no {match.group(1)}"


def _broken(tree, path, target):
    if _ELSEWHERE.match(target):
        return None
    file, _, heading = target.partition("#")
    there = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
    if not tree.exists(there):
        return f"the link {target} leads nowhere"
    if heading and there.endswith(".md") and heading not in _anchors(tree.text(there)):
        return f"{there} has no heading #{heading}"
    return None


def _anchors(text):
    """The anchors of all headings, spelled as GitHub does."""
    seen = {}
    for match in _HEADING.finditer(_FENCE.sub(_blank, text)):
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match.group(1)).lower()
        anchor = re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        yield f"{anchor}-{count}" if count else anchor


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def _line(text, match):
    return text.count("\n", 0, match.start()) + 1


PLANTED = [
    {"README.md": "[a](docs/GONE.md)\n"},
    {"README.md": "![a](gone.png)\n"},
    {"README.md": "# One\n\n[a](#two)\n"},
    {"README.md": "[a](docs/A.md#two)\n", "docs/A.md": "# One\n"},
    {"docs/A.md": "[a][b]\n\n[b]: ../GONE.md\n"},
    {"README.md": "see `docs/GONE.md`\n"},
]
CLEAN = [
    {"README.md": "[a](docs/A.md#one-and-two) [b](https://x.org) `[c](d)`\n", "docs/A.md": "# One, and `two`\n"},
    {"README.md": "```\n[a](gone)\n```\nsee `storage/lmdb.*`\n"},
    {"README.md": "# One\n# One\n[a](#one-1)\n"},
]
