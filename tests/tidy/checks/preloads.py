"""A page names the modules that it will import, so that they come at once and not one behind the other. The list stands
in its HTML, where the browser sees it first; here it is held against what the scripts import."""

import posixpath
import re

PAGE = re.compile(r"web/[^/]+\.html$")
ENTRY = re.compile(r'<script type="module" src="/static/([^"]+)"')
PRELOAD = re.compile(r'<link rel="modulepreload" href="/static/([^"]+)"')
IMPORT = re.compile(r'^(?:import|export)\b[^"\n;]*"\./([^"]+)"|^\} from "\./([^"]+)"', re.MULTILINE)
# All are served from one place.
FOLDERS = ("web", "clients/js/src")


def violations(tree):
    modules = {posixpath.basename(path): path for path in tree.files if path.endswith(".js") and posixpath.dirname(path) in FOLDERS}
    for page in filter(PAGE.match, tree.files):
        text = tree.text(page)
        entries = ENTRY.findall(text)
        listed = PRELOAD.findall(text)
        needed = _reached(tree, modules, entries) - set(entries)
        for name in sorted(needed - set(listed)):
            yield f"{page}: imports {name} without a modulepreload"
        for name in sorted(set(listed) - needed):
            yield f"{page}: preloads {name}, which nothing imports"
        if len(set(listed)) < len(listed):
            yield f"{page}: preloads a module twice"


def _reached(tree, modules, entries):
    reached, ahead = set(), list(entries)
    while ahead:
        name = ahead.pop()
        if name in reached or name not in modules:
            continue
        reached.add(name)
        ahead += [a or b for a, b in IMPORT.findall(tree.text(modules[name]))]
    return reached


_SCRIPT = '<script type="module" src="/static/a.js"></script>\n'
PLANTED = [
    {"web/a.html": _SCRIPT, "web/a.js": 'import "./b.js";\n', "web/b.js": ""},
    {"web/a.html": _SCRIPT + '<link rel="modulepreload" href="/static/b.js">\n', "web/a.js": "", "web/b.js": ""},
    {
        "web/a.html": _SCRIPT + '<link rel="modulepreload" href="/static/b.js">\n',
        "web/a.js": 'import {\n  b,\n} from "./b.js";\n',
        "web/b.js": 'export { c } from "./c.js";\n',
        "clients/js/src/c.js": "",
    },
]
CLEAN = [
    {
        "web/a.html": _SCRIPT + '<link rel="modulepreload" href="/static/b.js">\n',
        "web/a.js": 'import { b } from "./b.js";\n',
        "web/b.js": "",
    }
]
