"""The name of a test is a sentence about what is observed, in the present tense."""

import re

_CASE = re.compile(r'\b(?:TEST_CASE|TEMPLATE_TEST_CASE|SCENARIO|TEST_CASE_METHOD\(\s*\w+,)\s*\(?\s*"((?:\\.|[^"\\])*)"')
_PYTHON_CASE = re.compile(r"^\s*(?:async )?def test_(\w*)", re.MULTILINE)
_NOT_OBSERVED = re.compile(r"\b(should|shall|tests?|testing)\b", re.IGNORECASE)

WORDS_MIN = 3


def violations(tree):
    for path in tree.files:
        if not path.startswith("tests/"):
            continue
        pattern = {"cpp": _CASE, "py": _PYTHON_CASE}.get(path.rsplit(".", 1)[-1])
        if pattern is None:
            continue
        for match in pattern.finditer(tree.text(path)):
            name = match.group(1).replace("_", " ")
            if len(name.split()) < WORDS_MIN or _NOT_OBSERVED.search(name):
                line = tree.text(path).count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: not a sentence about what is observed: {name}"


PLANTED = [
    {"tests/domain/a.cpp": 'TEST_CASE("money")\n'},
    {"tests/domain/a.cpp": 'TEST_CASE("money should be exact")\n'},
    {"tests/e2e/test_a.py": "def test_ping():\n"},
]
CLEAN = [
    {"tests/domain/a.cpp": 'TEST_CASE("an amount is read exactly", "[unit]")\n'},
    {"tests/e2e/test_a.py": "def test_ping_is_answered_at_once():\n"},
]
