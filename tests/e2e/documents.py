"""docs/asyncapi.yaml and docs/openapi.yaml as validators."""

import functools
import json
import pathlib

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASYNCAPI = ROOT / "docs" / "asyncapi.yaml"
OPENAPI = ROOT / "docs" / "openapi.yaml"
GOLDEN = ROOT / "tests" / "golden" / "protocol"

# Where the notification socket and the live one share a type, the message without an id is the greeting.
_BY_TYPE = {"notification": lambda message: "notification" if "id" in message else "greeting"}


@functools.lru_cache(maxsize=None)
def loaded(path):
    return yaml.safe_load(path.read_text())


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


def check(value, path, pointer):
    """Holds a value to the schema at a JSON pointer of a document. Raises where it does not fit."""
    resolver = jsonschema.RefResolver(
        path.as_uri(), loaded(path), handlers={"file": lambda uri: loaded(pathlib.Path(uri.removeprefix("file://")))}
    )
    schema = {"$ref": f"{path.as_uri()}#{pointer}"}
    jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=jsonschema.FormatChecker()).validate(value)


def message_name(message):
    """The name under which asyncapi.yaml has a message of the service."""
    kind = message["type"]
    if kind in _BY_TYPE:
        return _BY_TYPE[kind](message)
    known = loaded(ASYNCAPI)["components"]["messages"]
    if kind.endswith("_result") and kind not in known:
        return "decision_result"
    assert kind in known, f"no document knows {kind}"
    return kind


def check_message(message, name=None):
    """Holds a message of a socket to asyncapi.yaml; gives its name there."""
    name = name or message_name(message)
    check(message, ASYNCAPI, f"/components/messages/{name}/payload")
    return name


def check_answer(answer, path, method, status):
    """Holds an answer of HTTP to openapi.yaml."""
    assert answer.status == status, answer
    response = loaded(OPENAPI)["paths"][path][method]["responses"][str(status)]
    pointer = f"/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}/responses/{status}"
    if "$ref" in response:
        pointer = response["$ref"].removeprefix("#")
    check(answer.json(), OPENAPI, f"{pointer}/content/application~1json/schema")
