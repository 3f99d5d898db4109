"""What an operator changes while the service runs: the rules, a user's zone and currency, who is an operator."""

import json
import re
import signal

import pytest
from conftest import World
from rows import row
from service import Service

SHIPPED = {
    "version": 1,
    "bt_pay": ["BT Pay"],
    "categories": [{"name": "food", "words": ["Lidl"], "mcc": []}],
}


@pytest.fixture(scope="module")
def ruled(tmp_path_factory):
    """A service with a rules file of its own."""
    folder = tmp_path_factory.mktemp("rules")
    rules = folder / "rules.json"
    rules.write_text(json.dumps(SHIPPED))
    service = Service(folder, "--rules", rules)
    try:
        world = World(service)
        world.rules = rules
        service.start()
        yield world
        assert service.stop() == 0, service.errors()
    finally:
        service.kill()


def guesses(socket):
    return [item["category_guess"] for item in socket.ask("request_pending", "pending_update")["data"]]


def with_word(word):
    changed = json.loads(json.dumps(SHIPPED))
    changed["categories"].append({"name": "hobby", "words": [word], "mcc": []})
    return json.dumps(changed)


def test_new_rules_are_seen_by_open_sockets_and_bad_ones_change_nothing(ruled):
    service = ruled.service
    service.post(ruled.ingest, row("ana", description="BT Pay - Qwrtz"))
    with service.greeted("ana") as socket:
        assert guesses(socket) == [None]
        ruled.rules.write_text(with_word("Qwrtz"))
        assert service.tool("btpay-admin", "reload").strip() == "reloaded"
        socket.receive_type("pending_update", lambda m: m["data"][0]["category_guess"] == "hobby")

        ruled.rules.write_text(with_word(7))
        service.tool("btpay-admin", "reload", expected=2)
        ruled.rules.write_text("{")
        service.tool("btpay-admin", "reload", expected=2)
        assert guesses(socket) == ["hobby"]
        assert socket.ask("auto_categorize", "auto_categorize_result")["categorized"] == 1


def test_a_signal_reloads_too(ruled):
    service = ruled.service
    service.post(ruled.ingest, row("bogdan", description="BT Pay - Zyxwv"))
    with service.greeted("bogdan") as socket:
        ruled.rules.write_text(with_word("Zyxwv"))
        service.process.send_signal(signal.SIGHUP)
        socket.receive_type("pending_update", lambda m: m["data"][0]["category_guess"] == "hobby")


def test_a_bad_rules_file_is_named_with_the_place(ruled):
    ruled.rules.write_text(with_word(7))
    service = ruled.service
    before = len(service.errors())
    service.tool("btpay-admin", "reload", expected=2)
    said = service.errors()[before:] if before < 4000 else service.errors()
    assert "rules.json" in said and "categories[1]" in said
    ruled.rules.write_text(json.dumps(SHIPPED))


def test_a_user_moves_and_its_views_follow(ruled):
    service = ruled.service
    service.post(ruled.ingest, row("carmen", status="synced"))
    with service.greeted("carmen") as socket:
        assert socket.ask("request_data", "dashboard_update")["data"]["today_amount"] == 12.3
        assert service.tool("btpay-admin", "user", "set", "carmen", "--home-currency", "EUR").strip() == "set carmen"
        socket.receive_type("dashboard_update", lambda m: m["data"]["today_amount"] == 0)
        service.tool("btpay-admin", "user", "set", "carmen", "--home-currency", "RON", "--zone", "Europe/Rome")
        socket.receive_type("dashboard_update", lambda m: m["data"]["today_amount"] == 12.3)
        service.tool("btpay-admin", "user", "set", "carmen", "--zone", "Mars/Phobos", expected=2)
        service.tool("btpay-admin", "user", "set", "carmen", expected=2)
        service.tool("btpay-admin", "user", "set", "nobody", "--zone", "Europe/Rome", expected=2)


def line_of(listed, name):
    return next(line for line in listed.splitlines() if line.startswith(f"{name} "))


def set_role(service, name, role, expected=0):
    return service.tool("btpay-admin", "user", "set", name, "--role", role, expected=expected)


def post(service, name, path, body, **headers):
    return service.http("POST", path, body, cookie=service.log_in(name), headers=headers)


def test_an_account_is_given_the_role_of_an_operator_and_loses_it_at_once(ruled):
    service = ruled.service
    page, sessions = "/finance/bt-pay/operator/", "/admin/sessions"
    assert "member" in line_of(service.tool("btpay-admin", "user", "list"), "ana")
    refused = service.get("ana", page)
    assert refused.status == 403 and refused.json()["error"] == "forbidden"
    assert service.get("ana", sessions).status == 403
    assert service.http("GET", sessions).status == 404, "a stranger is not told what is there"
    set_role(service, "ana", "admin")
    assert "admin" in line_of(service.tool("btpay-admin", "user", "list"), "ana")
    assert service.get("ana", page).status == 200
    assert service.get("ana", "/finance/api/bt-pay/account/").json()["role"] == "admin"
    assert {one["user"] for one in service.get("ana", sessions).json()["log_ins"]} >= {"ana"}
    assert post(service, "ana", "/admin/log-level", {"level": "info"}).status == 200
    assert post(service, "ana", "/admin/log-level", {"level": "info"}, Origin="http://evil.example").status == 403
    set_role(service, "ana", "member")
    assert service.get("ana", sessions).status == 403
    assert post(service, "ana", "/admin/drain", {}).status == 403
    assert service.get("ana", "/finance/api/bt-pay/dashboard/").status == 200, "the log-in itself stays"
    set_role(service, "ana", "root", expected=2)
    set_role(service, "nobody", "admin", expected=2)


def test_metrics_are_for_this_machine_and_beyond_a_proxy_for_who_may(ruled):
    service = ruled.service
    beyond = {"X-Forwarded-For": "192.0.2.7"}
    assert "btpay_log_position" in service.http("GET", "/metrics").body.decode()
    refused = service.http("GET", "/metrics", headers=beyond)
    assert refused.status == 403 and "--scope metrics" in refused.json()["detail"]
    assert service.http("GET", "/metrics", headers=beyond, token=ruled.ingest).status == 403
    for scope in ("metrics", "admin"):
        assert service.http("GET", "/metrics", headers=beyond, token=service.token(scope)).status == 200
    assert service.http("GET", "/admin/sessions", token=service.token("metrics")).status == 403
    set_role(service, "bogdan", "admin")
    assert service.http("GET", "/metrics", headers=beyond, cookie=service.log_in("bogdan")).status == 200
    set_role(service, "bogdan", "member")
    assert service.http("GET", "/metrics", headers=beyond, cookie=service.log_in("bogdan")).status == 403


def measures(service):
    """The samples of /metrics by name and labels, after a check that each family has its HELP and TYPE."""
    text = service.http("GET", "/metrics").body.decode()
    told = {(kind, name) for kind, name in re.findall(r"^# (HELP|TYPE) (\w+) .+$", text, re.MULTILINE)}
    samples = dict(re.findall(r"^(\w+(?:\{.*\})?) (\S+)$", text, re.MULTILINE))
    for name in samples:
        assert {("HELP", name.split("{")[0]), ("TYPE", name.split("{")[0])} <= told, name
    return {name: float(value) for name, value in samples.items()}


def test_metrics_tell_how_far_projections_are_and_what_they_told(ruled):
    service = ruled.service
    with service.greeted("bogdan") as socket:
        before = measures(service)
        service.post(ruled.ingest, row("bogdan", description="BT Pay - Lidl 77"))
        socket.receive_type("pending_update")
        after = measures(service)
    assert after["btpay_log_position"] > before["btpay_log_position"]
    assert after["btpay_log_bytes"] >= before["btpay_log_bytes"] > 4096
    for view in ("dashboard", "pending", "hourly", "categories"):
        assert after[f'btpay_projection_lag_events{{view="{view}"}}'] == 0
        assert f'btpay_views_told_total{{view="{view}",form="delta"}}' in after
    for name in ('btpay_views_rendered_total{view="pending"}', 'btpay_views_told_total{view="pending",form="whole"}'):
        assert after[name] > before[name], name


def test_metrics_can_be_made_public(tmp_path):
    service = Service(tmp_path, "--public-metrics")
    try:
        service.start()
        assert service.http("GET", "/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status == 200
        assert service.stop() == 0, service.errors()
    finally:
        service.kill()


def test_a_user_moves_while_the_service_is_stopped(ruled):
    service = ruled.service
    service.stop()
    service.tool("btpay-admin", "user", "set", "carmen", "--home-currency", "EUR")
    service.tool("btpay-admin", "reload", expected=2)
    set_role(service, "carmen", "admin")
    service.add_user("dora", "--role", "admin")
    listed = service.tool("btpay-admin", "user", "list")
    assert "admin" in line_of(listed, "carmen") and "EUR" in line_of(listed, "carmen")
    assert "admin" in line_of(listed, "dora") and "member" in line_of(listed, "bogdan")
    service.start()
    assert service.get("dora", "/admin/users").status == 200
    with service.greeted("carmen") as socket:
        assert socket.ask("request_data", "dashboard_update")["data"]["today_amount"] == 0


def test_the_tool_lists_of_a_stopped_store_what_the_running_service_lists(tmp_path):
    service = Service(tmp_path)
    try:
        service.add_user("ana", "--zone", "UTC", "--home-currency", "EUR")
        service.add_user("bogdan", "--zone", "Europe/Bucharest", "--home-currency", "RON")
        service.tool("btpay-admin", "user", "disable", "bogdan")
        service.token("ingest", "--user", "ana")
        service.token("admin")

        def listed():
            return [service.tool("btpay-admin", what, "list") for what in ("user", "token")]

        stopped = listed()
        assert [len(text.splitlines()) for text in stopped] == [2, 2], stopped
        service.start()
        assert listed() == stopped
        assert service.stop() == 0, service.errors()
    finally:
        service.kill()
