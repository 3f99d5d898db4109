"""A source file includes its own header first, which proves that the header compiles alone. The headers without a
source file are compiled by `tests/tidy/CMakeLists.txt`."""

from cpp_text import includes


def violations(tree):
    for path in tree.ending(".cpp"):
        header = path[: -len(".cpp")] + ".hpp"
        if not tree.exists(header):
            continue
        first = next(includes(tree.text(path)), None)
        if first is None or first[2] != header:
            yield f"{path}: the first include has to be {header}"


PLANTED = [
    {"domain/money.hpp": "", "domain/money.cpp": '#include <vector>\n\n#include "domain/money.hpp"\n'},
    {"domain/money.hpp": "", "domain/money.cpp": "int x;\n"},
]
CLEAN = [
    {"domain/money.hpp": "", "domain/money.cpp": '// why\n#include "domain/money.hpp"\n\n#include <vector>\n'},
    {"tests/domain/money.cpp": "#include <vector>\n"},
]
