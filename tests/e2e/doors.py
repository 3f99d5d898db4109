"""The doors and commands of the service, as its documents list them, so that none is forgotten by who has to try all."""

import re

from documents import ASYNCAPI, OPENAPI, ROOT, loaded

PROTOCOL = ROOT / "docs" / "PROTOCOL.md"
METHODS = ("GET", "POST", "WebSocket")
NAME = "NAME"  # stands for any part of a path


def _with_braces_resolved(path):
    head, _, rest = path.partition("{")
    if not rest:
        return [path]
    names, _, tail = rest.partition("}")
    return [head + name + tail for name in names.split(",")]


def _of_tables():
    """Each method and path in the tables of docs/PROTOCOL.md."""
    for line in PROTOCOL.read_text().splitlines():
        if not line.startswith("| `/"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for path in re.findall(r"`(/[^`]*)`", cells[0]):
            for one in _with_braces_resolved(path):
                for method in METHODS:
                    if method in cells[1].split(", ") and "…" not in one:
                        yield method, one


def endpoints():
    """Pairs of method and path, of openapi.yaml, asyncapi.yaml and PROTOCOL.md."""
    of_http = {
        (method.upper(), re.sub(r"\{\w+\}", NAME, path))
        for path, methods in loaded(OPENAPI)["paths"].items()
        for method in methods
        if method.upper() in METHODS
    }
    of_sockets = {("WebSocket", channel["address"]) for channel in loaded(ASYNCAPI)["channels"].values()}
    return of_http | of_sockets | set(_of_tables())


def endpoint_of(method, path, known):
    """The endpoint that a request is for, or None."""
    path = path.partition("?")[0]
    if (method, path) in known:
        return method, path
    for each in known:
        if each[0] == method and re.fullmatch(re.escape(each[1]).replace(NAME, "[^/]+"), path):
            return each
    return None


def _commands_of(schema):
    command = schema["properties"]["command"]
    return set(command.get("enum", [])) | ({command["const"]} if "const" in command else set())


def commands():
    """All that a client may send on the live socket."""
    document = loaded(ASYNCAPI)
    found = set()
    for reference in document["operations"]["command"]["messages"]:
        found |= _commands_of(document["components"]["messages"][reference["$ref"].rsplit("/", 1)[-1]]["payload"])
    return found


def posted_commands():
    """Those that openapi.yaml says may be posted."""
    body = loaded(OPENAPI)["paths"]["/finance/api/bt-pay/command/"]["post"]["requestBody"]
    found = set()
    for reference in body["content"]["application/json"]["schema"]["oneOf"]:
        message = reference["$ref"].split("/")[-2]
        found |= _commands_of(loaded(ASYNCAPI)["components"]["messages"][message]["payload"])
    return found
