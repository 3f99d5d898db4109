"""auto_categorize: the answer, the views that follow it, and the other devices of the user."""

import forms
from rows import row

ANSWER = ["auto_categorize_result", "dashboard_update", "pending_update", "category_update"]


def categorized_views(socket):
    """The answer to auto_categorize: the result and the three views after it, without the pair of every five seconds."""
    socket.command("auto_categorize")
    messages = socket.receive_until(lambda message: message["type"] == "category_update")
    start = [message["type"] for message in messages].index("auto_categorize_result")
    return [message for message in messages[start:] if message["type"] != "periodic_update"]


def test_the_result_comes_first_and_the_views_after_it_contain_the_change(world):
    known, unknown = row("ana", description="BT Pay - Lidl"), row("ana", description="BT Pay - Qwrtz")
    world.service.post(world.ingest, known, unknown)
    with world.service.greeted("ana") as socket, world.service.greeted("ana") as other:
        answer = categorized_views(socket)
        assert [message["type"] for message in answer] == ANSWER
        result, dashboard, pending, categories = answer
        for message in answer:
            forms.check(message)
        assert result["categorized"] == 1
        assert dashboard["data"]["pending_count"] == 1
        assert [item["description"] for item in pending["data"]] == [unknown["description"]]
        assert sum(category["week"]["count"] for category in categories["data"].values()) == 1

        other.receive_type("dashboard_update", lambda message: message["data"]["pending_count"] == 1)


def test_a_second_run_finds_nothing_left(world):
    with world.service.greeted("ana") as socket:
        socket.ask("auto_categorize", "auto_categorize_result")
        assert socket.ask("auto_categorize", "auto_categorize_result")["categorized"] == 0


def test_the_page_categorizes_by_a_post(world):
    service = world.service
    service.post(world.ingest, row("bogdan", description="BT Pay - Lidl"))
    answer = service.http("POST", "/finance/bt-pay/auto-categorize/", "", cookie=service.log_in("bogdan"))
    assert answer.status == 200
    body = answer.json()
    assert (body["success"], body["categorized"]) == (True, 1)
    assert isinstance(body["message"], str)
    assert service.http("POST", "/finance/bt-pay/auto-categorize/", "").status == 401


def test_one_user_never_categorizes_for_another(world):
    world.service.post(world.ingest, row("carmen", description="BT Pay - Lidl"))
    with world.service.greeted("bogdan") as socket:
        assert socket.ask("auto_categorize", "auto_categorize_result")["categorized"] == 0
    with world.service.greeted("carmen") as socket:
        assert socket.ask("request_data", "dashboard_update")["data"]["pending_count"] == 1
