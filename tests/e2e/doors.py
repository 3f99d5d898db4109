"""The doors and commands of the service, as its documents list them, so that none is forgotten by who has to try all."""

import re

from documents import ASYNCAPI, OPENAPI, loaded, operations

NAME = "NAME"  # stands for any part of a path


def endpoints():
    """Pairs of method and path of openapi.yaml; the method of what becomes a WebSocket is that."""
    return {
        ("WebSocket" if "101" in operation["responses"] else method.upper(), re.sub(r"\{\w+\}", NAME, path))
        for path, method, operation in operations()
    }


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
