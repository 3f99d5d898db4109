"""Every header may be included twice."""


def violations(tree):
    for path in tree.ending(".hpp"):
        if not tree.text(path).startswith("#pragma once\n"):
            yield f"{path}:1: a header begins with #pragma once"


PLANTED = [{"domain/money.hpp": "int x();\n"}]
CLEAN = [{"domain/money.hpp": "#pragma once\nint x();\n"}, {"domain/money.cpp": "int x();\n"}]
