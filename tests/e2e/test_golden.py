"""The transactions of the system that btpay replaces, through the front door, moved to today."""

import datetime
import json
import pathlib

import forms
import pytest
from service import Service

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "moneymanager" / "transactions.json"
COMMANDS = {
    "request_data": "dashboard_update",
    "request_pending": "pending_update",
    "request_hourly": "hourly_update",
    "request_categories": "category_update",
}


def golden_rows():
    """The ingestion rows, by user; dates keep their distance to "now"."""
    document = json.loads(GOLDEN.read_text(encoding="utf-8"))
    later = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(document["now"])
    rows = {user["username"]: [] for user in document["users"]}
    names = {user["id"]: user["username"] for user in document["users"]}
    for item in document["transactions"]:
        name = names[item["user"]]
        rows[name].append(
            {
                "external_id": str(item["id"]),
                "source": "moneymanager",
                "user": name,
                "date": (datetime.datetime.fromisoformat(item["date"]) + later).isoformat(),
                **{field: item[field] for field in ("amount", "currency", "description", "status")},
            }
        )
    return rows


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("btpay"))
    try:
        rows = golden_rows()
        for name in rows:
            service.add_user(name)
        token = service.token("ingest")
        service.start()
        yield service, rows, token
        assert service.stop() == 0, service.errors()
        service.replay("verify")
        assert len(service.exported()) == 428
    finally:
        service.kill()


def test_every_transaction_is_taken_once(filled):
    service, rows, token = filled
    everything = [item for of_user in rows.values() for item in of_user]
    assert len(everything) == 428
    first = service.post(token, *everything)
    assert (first["accepted"], first["rejected"]) == (428, [])
    assert service.post(token, *everything)["duplicates"] == 428


def test_every_view_of_every_user_is_served(filled):
    service, rows, _ = filled
    for name, of_user in rows.items():
        with service.greeted(name) as socket:
            data = {}
            for command, kind in COMMANDS.items():
                message = socket.ask(command, kind)
                forms.check(message)
                data[kind] = message["data"]
        waiting = sum(item["status"] == "pending" for item in of_user)
        assert data["dashboard_update"]["pending_count"] <= waiting
        assert len(data["pending_update"]) == min(data["dashboard_update"]["pending_count"], 20)
        assert bool(data["dashboard_update"]["month_transactions"]) == bool(of_user)
        for view in ("dashboard", "pending", "hourly", "categories"):
            assert service.get(name, f"/finance/api/bt-pay/{view}/").status == 200


def test_categorizing_everything_moves_what_was_pending(filled):
    service, rows, _ = filled
    for name in rows:
        with service.greeted(name) as socket:
            before = socket.ask("request_data", "dashboard_update")["data"]["pending_count"]
            moved = socket.ask("auto_categorize", "auto_categorize_result")["categorized"]
            after = socket.ask("request_data", "dashboard_update")["data"]["pending_count"]
        assert after == before - moved
