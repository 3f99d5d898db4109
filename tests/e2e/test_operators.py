"""What an operator changes while the service runs: the rules, a user's zone and currency."""

import json
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


def test_a_user_moves_while_the_service_is_stopped(ruled):
    service = ruled.service
    service.stop()
    service.tool("btpay-admin", "user", "set", "carmen", "--home-currency", "EUR")
    service.tool("btpay-admin", "reload", expected=2)
    service.start()
    with service.greeted("carmen") as socket:
        assert socket.ask("request_data", "dashboard_update")["data"]["today_amount"] == 0
