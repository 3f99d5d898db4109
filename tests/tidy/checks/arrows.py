"""Which folder may include what. Linking does not stop an `#include`, so this does."""

import re

from cpp_text import includes
from tree import LAYERS, folder_of

# The folders of ours that a folder may include, itself included. What is not named may include anything of ours.
OURS = {
    "domain": {"domain"},
    "storage": {"storage", "domain"},
    "projections": {"projections", "domain"},
    "actors": {"actors", "domain", "storage", "projections"},
    "transport": {"transport", "actors", "domain"},
}

# Of actors, the transport sees these headers alone.
CONTRACT = ("actors/interfaces.hpp", "actors/ports.hpp")

FOLDERS = set(LAYERS) | {"tools", "tests", "bench"}

# A library's headers, and the files that may include them.
LIBRARIES = (
    (re.compile(r"lmdb\.h$"), re.compile(r"storage/lmdb\.[hc]pp$"), "only storage/lmdb.* knows LMDB"),
    (re.compile(r"boost/(asio|beast)\b"), re.compile(r"(transport|tests|bench)/"), "only transport/ knows Asio and Beast"),
    (
        re.compile(r"caf/"),
        re.compile(r"(actors|tests|bench|tools/btpayd)/|transport/bridge\.[hc]pp$"),
        "only actors/, transport/bridge.* and the assembly know CAF",
    ),
)


def violations(tree):
    for path in tree.cpp():
        for line, quoted, header in includes(tree.text(path)):
            reason = _forbidden_folder(path, header) or _forbidden_library(path, header)
            if reason is None and not quoted and folder_of(header) in FOLDERS and tree.exists(header):
                reason = "a header of ours is included in quotes"
            if reason:
                yield f"{path}:{line}: includes {header}: {reason}"


def _forbidden_folder(path, header):
    source, target = folder_of(path), folder_of(header)
    if header.startswith("."):
        return "include by the path from the root"
    if target in {"tools", "tests", "bench"} and source in LAYERS:
        return f"nothing includes {target}/"
    if target not in FOLDERS or source not in OURS:
        return None
    if target not in OURS[source]:
        return f"{source}/ may include " + " ".join(sorted(OURS[source]))
    if source == "transport" and target == "actors" and header not in CONTRACT:
        return f"transport/ sees {' and '.join(CONTRACT)} and nothing else of actors/"
    return None


def _forbidden_library(path, header):
    for library, allowed, reason in LIBRARIES:
        if library.match(header) and not allowed.match(path):
            return reason
    return None


PLANTED = [
    {"domain/money.cpp": '#include "storage/event_log.hpp"\n'},
    {"domain/money.cpp": "#include <caf/actor.hpp>\n"},
    {"storage/event_log.cpp": '#include "projections/projection.hpp"\n'},
    {"storage/event_log.cpp": "#include <lmdb.h>\n"},
    {"projections/pending.cpp": '  #  include "storage/event_log.hpp"\n'},
    {"actors/user.cpp": '#include "transport/http.hpp"\n'},
    {"actors/user.cpp": "#include <boost/asio/io_context.hpp>\n"},
    {"transport/http.cpp": '#include "actors/session.hpp"\n'},
    {"transport/http.cpp": '#include "storage/event_log.hpp"\n'},
    {"transport/http.cpp": "#include <caf/send.hpp>\n"},
    {"actors/user.cpp": '#include "tests/support/seed.hpp"\n'},
    {"domain/money.cpp": '#include "../storage/event_log.hpp"\n'},
    {"domain/money.hpp": "", "domain/money.cpp": "#include <domain/money.hpp>\n"},
]
CLEAN = [
    {"domain/money.cpp": '#include "domain/money.hpp"\n#include <vector>\n'},
    {"storage/lmdb.cpp": '#include "domain/errc.hpp"\n#include <lmdb.h>\n'},
    {"transport/bridge.cpp": '#include "actors/interfaces.hpp"\n#include <caf/send.hpp>\n#include <boost/asio/post.hpp>\n'},
    {"tools/btpayd/assembly.cpp": '#include "transport/listener.hpp"\n#include <caf/actor_system.hpp>\n'},
    {"tests/actors/user.cpp": '#include "storage/memory_event_log.hpp"\n#include <boost/beast/core.hpp>\n'},
]
