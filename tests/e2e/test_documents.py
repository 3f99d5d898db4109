"""The AsyncAPI and OpenAPI documents: valid in themselves, true to the golden examples, and to what the service sends."""

import json
import re

import documents
import example
import jsonschema
import pytest
import rows
from documents import ASYNCAPI, GOLDEN, OPENAPI, ROOT, check_answer, check_message, golden, loaded, operations, resolved, response_of
from service import PASSWORD

MESSAGES = sorted(loaded(ASYNCAPI)["components"]["messages"])
BODIES = sorted(set(documents.bodies()))
PREFIXES = {"/static/": "/static/{name}", "/finance/bt-pay/merchant/": "/finance/bt-pay/merchant/{name}/"}
GETS = sorted(path for path, method, _ in operations() if method == "get")
JSON_GETS = sorted(path for path in GETS if "application/json" in (response_of(path, "get", 200) or {}).get("content", {}))


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


@pytest.mark.parametrize("name, pointer", BODIES)
def test_the_golden_example_of_a_body_fits_its_schema(name, pointer):
    documents.check(golden(name), OPENAPI, pointer)


OWN_BODIES = sorted({name for name, _ in BODIES} & set(loaded(OPENAPI)["components"]["schemas"]))


def members_needed(schema):
    """The members that a schema requires at its top."""
    schema = resolved(schema) if schema.get("$ref", "#").startswith("#") else {}
    return set(schema.get("required", ())).union(*map(members_needed, schema.get("allOf", ())))


@pytest.mark.parametrize("name", OWN_BODIES)
def test_a_body_without_a_listed_field_does_not_fit(name):
    for field in members_needed(loaded(OPENAPI)["components"]["schemas"][name]):
        spoiled = golden(name)
        del spoiled[field]
        with pytest.raises(jsonschema.ValidationError):
            documents.check(spoiled, OPENAPI, f"/components/schemas/{name}")


def routes_of_the_service():
    """The paths that the service knows, from where it has them."""
    text = (ROOT / "actors" / "routes.cpp").read_text()
    table = text[text.index("std::array table{") : text.index("  };\n", text.index("std::array table{"))]
    entries = re.findall(r'^ +route\{"([^"]+)", (get|post), &routes::\w+(?:, true)?\},$', table, re.M)
    assert len(entries) == table.count("route{") > 30
    prefixes = re.findall(r'_prefix = "([^"]+)"', text + (ROOT / "actors" / "routes.hpp").read_text())
    assert set(prefixes) == set(PREFIXES)
    return {(path, method) for path, method in entries} | {(path, "get") for path in PREFIXES.values()}


def test_every_route_is_in_the_document_and_every_operation_is_a_route():
    assert {(path, method) for path, method, _ in operations()} == routes_of_the_service()


def test_the_tables_of_the_protocol_name_the_same_paths():
    text = (ROOT / "docs" / "PROTOCOL.md").read_text()
    rows_of_tables = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `/")]
    named = {path for row in rows_of_tables for path in re.findall(r"`(/[^`…]*)`", row)}
    for path in [path for path in named if "{" in path]:
        head, names, tail = re.fullmatch(r"(.*)\{(.*)\}(.*)", path).groups()
        named |= {head + name + tail for name in names.split(",")}
        named.remove(path)
    assert {path.replace("NAME", "{name}") for path in named} == set(loaded(OPENAPI)["paths"])


def some(path):
    """A path with something in place of its parameter."""
    return path.replace("/static/{name}", "/static/dashboard.js").replace("{name}", "Lidl")


def test_the_service_allows_what_the_document_lists(world):
    for path in loaded(OPENAPI)["paths"]:
        if "{" in path:
            continue  # found by a prefix, and for GET alone
        methods = {method.upper() for method in loaded(OPENAPI)["paths"][path]}
        answer = world.service.http("DELETE", path, token=world.admin)
        assert answer.status == 405, (path, answer)
        assert set(answer.headers["allow"].split(", ")) == methods | ({"HEAD"} if "GET" in methods else set())
        documents.check(answer.json(), OPENAPI, "/components/schemas/problem")


def names_parameters(operation):
    return {one["name"] for one in map(resolved, operation.get("parameters", ()))}


def test_every_parameter_of_a_query_is_in_the_document():
    named = set()
    for path in (ROOT / "actors").glob("routes_*.cpp"):
        named |= set(re.findall(r'(?:request\.query|\(query), "(\w+)"', path.read_text()))
    assert named >= {"minutes", "views", "level"}
    assert named <= set().union(*(names_parameters(operation) for _, _, operation in operations()))


@pytest.fixture(scope="module")
def furnished(world):
    """A service with something in every list, whose user `olga` is an operator."""
    service = world.service
    added = service.http("POST", "/admin/users", {"name": "olga", "password": PASSWORD, "zone": "UTC", "role": "admin"}, token=world.admin)
    check_answer(added, "/admin/users", "post", 201)
    for user in ("ana", "olga"):
        for _ in range(2):
            service.post(world.ingest, rows.row(user, bank_status="pending", description="BT Pay - Qwrtz"))
        service.post(world.ingest, rows.row(user, description="BT Pay - Qwrtz"), rows.row(user, currency="EUR"))
        for currency in ("RON", "EUR"):
            service.post(world.ingest, rows.row(user, status="synced", category="food", currency=currency))
    sockets = [service.open(user) for user in ("ana", "olga")]
    yield world
    for socket in sockets:
        socket.close()


@pytest.mark.parametrize("path", JSON_GETS)
def test_a_get_answers_what_the_document_says(furnished, path):
    service = furnished.service
    scope = {"token": furnished.admin} if path.startswith("/admin/") else {"cookie": service.log_in("ana")}
    for shown in (scope, {"cookie": service.log_in("olga")}):
        answer = service.http("GET", path, **shown)
        check_answer(answer, path, "get", 200)
        told = answer.json()
        assert all(told.values() if path.startswith("/admin/") else [told]), "something is listed"
        same = service.http("GET", path, headers={"If-None-Match": answer.headers["etag"]}, **shown)
        if same.status != 200:  # a view may have moved meanwhile
            check_answer(same, path, "get", 304)


@pytest.mark.parametrize("path", [path for path in GETS if path != "/finance/api/bt-pay/stream/"])
def test_a_get_answers_nobody_else_otherwise(furnished, path):
    service = furnished.service
    shown = ({}, {"cookie": service.log_in("ana")}, {"cookie": service.log_in("olga")}, {"token": furnished.ingest}, {"token": "none"})
    for each in shown:
        for accept in ("*/*", "text/html"):
            answer = service.http("GET", some(path), headers={"Accept": accept}, **each)
            check_answer(answer, path, "get", answer.status)
            assert service.http("HEAD", some(path), headers={"Accept": accept}, **each).status == answer.status


@pytest.mark.parametrize("path", [path for path, method, _ in operations() if method == "post" and path != "/logout"])
def test_a_post_of_nothing_is_answered_as_the_document_says(furnished, path):
    service = furnished.service
    for shown in ({}, {"cookie": service.log_in("ana")}, {"token": furnished.ingest}, {"token": "none"}):
        answer = service.http("POST", path, {}, **shown)
        check_answer(answer, path, "post", answer.status)


def test_what_is_refused_before_its_path_is_known_fits_the_document(world):
    answer = world.service.http("GET", "/" + "x" * 9000)
    assert (answer.status, answer.headers["content-type"]) == (414, "application/json")
    documents.check(answer.json(), OPENAPI, "/components/responses/any_refusal/content/application~1json/schema")
    answer = world.service.http("GET", "/no/such/path")
    assert answer.status == 404
    documents.check(answer.json(), OPENAPI, "/components/schemas/problem")


def test_an_operator_does_what_the_document_says(furnished):
    service, name = furnished.service, "petra"

    def post(path, body, status=200):
        answer = service.http("POST", path, body, token=furnished.admin)
        check_answer(answer, path, "post", status)
        return answer.json()

    def golden_for_petra(example, **members):
        body = {**golden(example), **members}
        return {key: name if key in ("name", "user") else value for key, value in body.items()}

    post("/admin/users", golden_for_petra("add_user"), 201)
    post("/admin/users", golden_for_petra("add_user"), 409)
    post("/admin/users", {**golden_for_petra("add_user"), "zone": "Nowhere"}, 400)
    post("/admin/users", {"name": "quentin"}, 201)
    post("/admin/users", {"zone": "UTC"}, 400)
    post("/admin/users/set", golden_for_petra("set_user"))
    post("/admin/users/set", {**golden("set_user"), "name": "nobody"}, 404)
    post("/admin/users/password", golden_for_petra("set_password"))
    post("/admin/tokens", golden_for_petra("create_token"), 201)
    post("/admin/tokens", {"scopes": []}, 400)
    made = service.http("GET", "/admin/tokens", token=furnished.admin).json()["tokens"]
    post("/admin/tokens/revoke", {"id": next(one["id"] for one in made if one["user"] == name)})
    post("/admin/tokens/revoke", golden("by_id"), 404)
    post("/admin/tokens/revoke", {"id": "x"}, 400)
    post("/admin/sessions/close", golden_for_petra("close_sessions"))
    post("/admin/sessions/close", golden("by_id"), 404)
    post("/admin/users/disabled", golden_for_petra("disable_user"))
    post("/admin/log-level", golden("log_level"))
    post("/admin/log-level", {"level": "loud"}, 400)
    post("/admin/reload", {})


def test_a_log_in_answers_what_the_document_says(world):
    service = world.service
    right, wrong = ({"username": "ana", "password": one} for one in (PASSWORD, "wrong"))
    check_answer(service.http("POST", "/login", right), "/login", "post", 200)
    check_answer(service.http("POST", "/login", wrong), "/login", "post", 401)
    check_answer(service.http("POST", "/login", f"username=ana&password={PASSWORD.replace(' ', '+')}"), "/login", "post", 303)
    check_answer(service.http("POST", "/logout"), "/logout", "post", 303)
    check_answer(service.http("POST", "/login", right, headers={"Origin": "http://elsewhere"}), "/login", "post", 403)


def test_posted_commands_answer_what_the_document_says(furnished):
    service, path = furnished.service, "/finance/api/bt-pay/command/"
    for command in ("ping", "request_data", "request_pending", "request_hourly", "request_categories", "request_review", "auto_categorize"):
        check_answer(service.http("POST", path, {"command": command}, cookie=service.log_in("ana")), path, "post", 200)
    check_answer(service.http("POST", path, {"command": "no_such"}, cookie=service.log_in("ana")), path, "post", 400)
    check_answer(service.http("POST", path, {"command": "remove", "id": 1 << 40}, cookie=service.log_in("ana")), path, "post", 404)
    check_answer(service.http("POST", path, {"command": "forget", "merchant": "x" * 300}, cookie=service.log_in("ana")), path, "post", 413)


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
