"""Calls that make code untestable or a library talkative."""

import re

from cpp_text import code_only
from tree import LAYERS

ANYWHERE = re.compile(r"")
IN_LIBRARIES = re.compile(f"({'|'.join(LAYERS)})/")
IN_HEADERS = re.compile(r".*\.hpp$")

# The call, where it is banned, where it is allowed all the same, and what to do instead.
RULES = (
    (
        re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\("),
        ANYWHERE,
        None,
        "nothing sleeps: wait for what is awaited",
    ),
    (
        re.compile(r"\b(rand|srand|random_shuffle)\s*\("),
        ANYWHERE,
        None,
        "randomness is passed in; tests take tests/support/seed.hpp",
    ),
    (
        re.compile(r"\b(system_clock|utc_clock)\s*::\s*now\b|\b(gettimeofday|time)\s*\(\s*(NULL|nullptr|0)"),
        ANYWHERE,
        re.compile(r"domain/time\.cpp$"),
        "time is passed in as btpay::clock",
    ),
    (re.compile(r"\busing\s+namespace\b"), IN_HEADERS, None, "a header does not open a namespace for others"),
    (
        re.compile(r"\bstd\s*::\s*(cout|cerr|clog)\b|\b(printf|puts)\s*\("),
        IN_LIBRARIES,
        None,
        "a library returns what it has to say, or logs it",
    ),
)


def violations(tree):
    for path in tree.cpp():
        rules = [rule for rule in RULES if rule[1].match(path) and not (rule[2] and rule[2].match(path))]
        for line, code in enumerate(code_only(tree.text(path)).split("\n"), start=1):
            for call, _, _, instead in rules:
                match = call.search(code)
                if match:
                    yield f"{path}:{line}: {match.group().strip()}: {instead}"


PLANTED = [
    {"tests/domain/a.cpp": "std::this_thread::sleep_for(1s);\n"},
    {"actors/a.cpp": "::usleep(10);\n"},
    {"domain/a.cpp": "int x = rand();\n"},
    {"actors/a.cpp": "auto t = std::chrono::system_clock::now();\n"},
    {"domain/a.hpp": "using namespace std;\n"},
    {"storage/a.cpp": 'std::cout << "x";\n'},
]
CLEAN = [
    {"domain/time.cpp": "auto t = std::chrono::system_clock::now();\n"},
    {"tools/btpay_replay/main.cpp": "std::cout << x;\nusing namespace btpay;\n"},
    {"domain/a.cpp": '// sleep_for(1s) is banned\nauto s = "rand()";\nauto operand(int);\nint x = strand(1);\n'},
    {"domain/a.cpp": "std::snprintf(buffer, 9, format);\nusing time = std::chrono::system_clock::time_point;\n"},
]
