"""The pages of web/ stand under a strict Content-Security-Policy: nothing inline, nothing from other hosts, no text
that becomes markup."""

import re

RULES = (
    (r"\.html$", re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE), "an inline script"),
    (r"\.html$", re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "an inline style or handler"),
    (
        r"\.(html|css|m?js)$",
        re.compile(r"(src|href|from|import|url)\s*[=(]?\s*[\"'(]?\s*(https?:)?//", re.IGNORECASE),
        "something from another host",
    ),
    (
        r"\.m?js$",
        re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\s*\(|new Function)"),
        "text that becomes markup or code; use textContent",
    ),
)


def violations(tree):
    for path in tree.files:
        if not path.startswith("web/"):
            continue
        for suffix, pattern, reason in RULES:
            if not re.search(suffix, path):
                continue
            for number, line in tree.lines(path):
                if pattern.search(line):
                    yield f"{path}:{number}: {reason}"


PLANTED = [
    {"web/a.html": "<script>x()</script>\n"},
    {"web/a.html": '<p style="color: red">\n'},
    {"web/a.html": '<button onclick="x()">\n'},
    {"web/a.html": '<script src="https://cdn.example/x.js"></script>\n'},
    {"web/a.css": "@import url(//cdn.example/x.css);\n"},
    {"web/a.js": "node.innerHTML = text;\n"},
]
CLEAN = [
    {"web/a.html": '<script type="module" src="/static/a.js"></script>\n<p class="style">on = 1\n'},
    {"web/a.js": "node.textContent = text;\n// see https://example.org\n"},
]
