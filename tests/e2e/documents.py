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
    if name != "notification":  # which hands on whatever was posted
        assert not unlisted(message, ASYNCAPI, f"/components/messages/{name}/payload"), f"{name} has more than is told: {message}"
    return name


def resolved(node, path=OPENAPI):
    """What a node of a document is, or leads to within it."""
    while "$ref" in node:
        node = at(path, node["$ref"].removeprefix("#"))
    return node


def operations():
    """Each operation of openapi.yaml: its path, its method, and what it says."""
    for path, methods in loaded(OPENAPI)["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def response_of(path, method, status):
    """What openapi.yaml has for an answer, other than what any request may get; None where that is nothing."""
    responses = loaded(OPENAPI)["paths"][path][method]["responses"]
    return resolved(responses[str(status)]) if str(status) in responses else None


def check_answer(answer, path, method, status):
    """Holds an answer of HTTP to openapi.yaml: status, media type, and content where that is JSON."""
    assert answer.status == status, answer
    response = response_of(path, method, status)
    assert response is not None, f"{method} {path} is not said to answer {status}: {answer}"
    if "content" not in response:
        assert not answer.body, answer
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in response["content"], (path, status, media_type)
    if media_type.endswith("json"):
        pointer = f"/paths/{_escaped(path)}/{method}/responses/{status}"
        while "$ref" in (node := at(OPENAPI, pointer)):
            pointer = node["$ref"].removeprefix("#")
        pointer += f"/content/{_escaped(media_type)}/schema"
        check(answer.json(), OPENAPI, pointer)
        assert not unlisted(answer.json(), OPENAPI, pointer), f"{path} answers more than is told"


def unlisted(value, path, pointer):
    """The members of a value, as pointers, of which the schema at a pointer of a document knows nothing."""
    return list(_unlisted(value, [(path, at(path, pointer))], ""))


def _unlisted(value, schemas, where):
    schemas = [each for one in schemas for each in _parts(*one)]
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unlisted(item, [(path, part["items"]) for path, part in schemas if "items" in part], f"{where}/{index}")
    elif isinstance(value, dict) and any({"properties", "additionalProperties"} & part.keys() for _, part in schemas):
        for name, member in value.items():
            known = [(path, part["properties"][name]) for path, part in schemas if name in part.get("properties", {})]
            known += [(path, part["additionalProperties"]) for path, part in schemas if "additionalProperties" in part]
            if not known:
                yield f"{where}/{name}"
            yield from _unlisted(member, known, f"{where}/{name}")


def _parts(path, schema):
    """A schema, and all that it is made of."""
    yield path, schema
    if "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#")
        there = (path.parent / file).resolve() if file else path
        yield from _parts(there, at(there, pointer))
    for each in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _parts(path, each)


def at(path, pointer):
    """What a JSON pointer leads to."""
    node = loaded(path)
    for part in pointer.split("/")[1:]:
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def _escaped(name):
    return name.replace("~", "~0").replace("/", "~1")


def bodies():
    """Each golden example of openapi.yaml with the pointer of the schema that it is to fit."""
    for pointer, node in _nodes(loaded(OPENAPI), ""):
        if isinstance(node, dict) and "schema" in node and "examples" in node:
            for example in node["examples"].values():
                yield example["externalValue"].rsplit("/", 1)[-1].removesuffix(".json"), f"{pointer}/schema"


def _nodes(node, pointer):
    yield pointer, node
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        yield from _nodes(value, f"{pointer}/{_escaped(str(name))}")
