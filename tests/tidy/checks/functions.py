"""A function fits one screen."""

from cpp_text import functions

LINES_MAX = 70


def violations(tree):
    for path in tree.cpp():
        for begun, ended, head in functions(tree.text(path)):
            lines = ended - begun + 1
            if lines > LINES_MAX:
                yield f"{path}:{begun}: {lines} lines, more than {LINES_MAX}: {head[-100:]}"


_LONG = "{\n" + "  ++x;\n" * LINES_MAX + "}\n"
_BLOCKS = "{\n" + '  if (x) { f("{"); }\n' * LINES_MAX + "}\n"
PLANTED = [
    {"domain/a.cpp": "namespace btpay {\nint f(int x) " + _LONG + "}\n"},
    {"domain/a.cpp": "class a final : public b {\npublic:\n  a(int x) noexcept : b(x) " + _BLOCKS + "};\n"},
    {"domain/a.cpp": "struct point f(struct point x) " + _LONG},
    {"tests/domain/a.cpp": 'TEST_CASE("a sentence") ' + _LONG},
]
CLEAN = [
    {"domain/a.cpp": "namespace btpay {\n" + "int f(int x) {\n  return x;\n}\n" * LINES_MAX + "}\n"},
    {"domain/a.cpp": "struct alignas(8) a {\n" + "  int f() { return 1'000; }\n" * LINES_MAX + "};\n"},
    {"domain/a.cpp": "const table t{\n" + "  {1, f(2)},\n" * LINES_MAX + "};\n"},
    {"domain/a.cpp": "enum class errc {\n" + "  a, ///< of (b)\n" * LINES_MAX + "};\n"},
]
