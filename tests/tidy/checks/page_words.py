"""What the pages say is said in each of their languages: a key that a page or a script names is in English, and what is
in English is in the other languages."""

import re

ENGLISH = "web/words_en.js"
KEY = re.compile(r"^  (\w+):", re.MULTILINE)
IN_PAGE = re.compile(r'\bdata-t(?:-label|-hint)?="(\w+)"')
IN_SCRIPT = re.compile(r'\bt\("(\w+)"')


def violations(tree):
    dictionaries = {path: set(KEY.findall(tree.text(path))) for path in tree.files if re.match(r"web/words_\w+\.js$", path)}
    english = dictionaries.pop(ENGLISH, set())
    for path, keys in dictionaries.items():
        for key in sorted(english ^ keys):
            yield f"{path}: {'lacks' if key in english else 'alone has'} {key}"
    for path in tree.files:
        if not path.startswith("web/") or path.startswith("web/words_"):
            continue
        pattern = IN_PAGE if path.endswith(".html") else IN_SCRIPT if path.endswith(".js") else None
        for key in sorted(set(pattern.findall(tree.text(path))) - english if pattern else ()):
            yield f"{path}: says {key}, which {ENGLISH} lacks"


_WORDS = "export const english = {\n  yes: \"Yes\",\n};\n"
PLANTED = [
    {ENGLISH: _WORDS, "web/a.html": '<p data-t="no">No</p>\n'},
    {ENGLISH: _WORDS, "web/a.js": 't("no");\n'},
    {ENGLISH: _WORDS, "web/words_ro.js": "export const romanian = {\n};\n"},
]
CLEAN = [
    {ENGLISH: _WORDS, "web/words_ro.js": "export const romanian = {\n  yes: \"Da\",\n};\n", "web/a.html": '<p data-t-label="yes">\n'},
]
