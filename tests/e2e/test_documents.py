"""The AsyncAPI and OpenAPI documents: valid in themselves, true to the golden examples, and to what the service sends."""

import json

import documents
import example
import jsonschema
import pytest
import rows
from documents import ASYNCAPI, GOLDEN, OPENAPI, check_answer, check_message, golden, loaded

MESSAGES = sorted(loaded(ASYNCAPI)["components"]["messages"])


def schema_of_npm(path):
    return json.loads((example.MODULES / path).read_text())


def without_members_named_id(schema):
    """jsonschema 4.10 takes a description of the member `$id` for an identity of a schema, and stumbles."""
    if isinstance(schema, dict):
        return {name: without_members_named_id(value) for name, value in schema.items() if name != "$id"}
    return [without_members_named_id(item) for item in schema] if isinstance(schema, list) else schema


def plain(document):
    """As JSON would have it: YAML reads some texts as dates."""
    return json.loads(json.dumps(document, default=str))


def check_document(validator, document, where):
    """It is valid, and would not be with something missing deep inside."""
    validator.validate(document)
    node = document
    for name in where[:-1]:
        node = node[name]
    del node[where[-1]]
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(document)


def test_the_asyncapi_document_is_valid():
    schema = without_members_named_id(schema_of_npm("@asyncapi/specs/schemas/3.0.0-without-$id.json"))
    check_document(jsonschema.Draft7Validator(schema), plain(loaded(ASYNCAPI)), ["operations", "push", "channel"])


def test_the_openapi_document_is_valid():
    schema = schema_of_npm("@seriousme/openapi-schema-validator/schemas/v3.1/schema.json")
    where = ["paths", "/login", "post", "responses", "200", "description"]
    check_document(jsonschema.Draft202012Validator(schema), plain(loaded(OPENAPI)), where)


def references(node):
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("$ref", "externalValue"):
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


@pytest.mark.parametrize("path", [ASYNCAPI, OPENAPI], ids=lambda path: path.name)
def test_every_reference_leads_somewhere(path):
    for target in references(loaded(path)):
        file, _, pointer = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        node = loaded(there)
        for part in pointer.split("/")[1:]:
            node = node[part.replace("~1", "/").replace("~0", "~")]


def test_every_golden_example_is_of_some_document():
    named = {target.rsplit("/", 1)[-1] for path in (ASYNCAPI, OPENAPI) for target in references(loaded(path)) if "golden" in target}
    assert named == {path.name for path in GOLDEN.iterdir()}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_golden_example_of_a_message_fits_its_schema(name):
    check_message(golden(name), name)


@pytest.mark.parametrize("message, name", [("as_of", "as_of_views"), ("as_of_result", "as_of_views_result")])
def test_a_second_golden_example_of_a_message_fits_its_schema(message, name):
    check_message(golden(name), message)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_without_a_listed_field_does_not_fit(name):
    payload = loaded(ASYNCAPI)["components"]["messages"][name]["payload"]
    for field in payload["required"]:
        spoiled = golden(name)
        del spoiled[field]
        with pytest.raises(jsonschema.ValidationError):
            check_message(spoiled, name)


@pytest.mark.parametrize("name", ["ingest_request", "ingest_answer", "notify_request", "notify_answer", "refusal", "auto_categorize_answer", "summary"])
def test_the_golden_example_of_a_body_fits_its_schema(name):
    documents.check(golden(name), OPENAPI, f"/components/schemas/{name}")


def test_the_sockets_of_level_1_send_what_the_document_says(world):
    service, heard = world.service, set()
    with service.open("ana") as live, service.open("ana", "/ws/btpay/notify/") as notify:
        service.post(world.ingest, rows.row("ana"), rows.row("ana", description="BT Pay - Nowhere 7", currency="EUR"))
        service.tool("btpay-notify", "--user", "ana", "--message", "Salary", "--amount", "5400")
        for command in ("request_pending", "request_hourly", "request_categories", "auto_categorize", "no_such", "ping"):
            live.command(command)
        heard |= {check_message(message) for message in live.receive_until(lambda message: message["type"] == "pong")}
        heard |= {check_message(message) for message in live.receive_until(lambda message: message["type"] == "periodic_update")}
        heard |= {check_message(message) for message in notify.receive_until(lambda message: message["message"] == "Salary")}
    assert heard >= {"dashboard_update", "pending_update", "hourly_update", "category_update", "periodic_update", "pong",
                     "auto_categorize_result", "error", "greeting", "notification"}  # fmt: skip


def test_the_doors_of_http_answer_what_the_document_says(world):
    service = world.service
    for name in ("dashboard", "pending", "hourly", "categories"):
        path = f"/finance/api/bt-pay/{name}/"
        check_answer(service.get("ana", path), path, "get", 200)
        check_answer(service.http("GET", path), path, "get", 401)
    path = "/finance/api/bt-pay/account/"
    check_answer(service.get("ana", path), path, "get", 200)
    check_answer(service.http("GET", path), path, "get", 401)
    check_answer(service.http("GET", "/metrics", headers={"X-Forwarded-For": "192.0.2.7"}), "/metrics", "get", 403)
    path = "/api/v1/transactions"
    bad = rows.row("ana", amount="12,30")
    check_answer(service.http("POST", path, {"transactions": [rows.row("ana"), bad]}, token=world.ingest), path, "post", 200)
    check_answer(service.http("POST", path, "{", token=world.ingest), path, "post", 400)
    check_answer(service.http("POST", path, {}, token=world.admin), path, "post", 403)
    path = "/api/v1/notifications"
    check_answer(service.http("POST", path, {"user": "ana", "message": "x"}, token=world.admin), path, "post", 200)
    check_answer(service.http("POST", path, {"user": "ana"}, token=world.admin), path, "post", 400)
    path = "/finance/bt-pay/auto-categorize/"
    check_answer(service.http("POST", path, cookie=service.log_in("ana")), path, "post", 200)
