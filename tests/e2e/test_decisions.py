"""What a user decides by hand: on the socket and by a post, on one device while another looks."""

import concurrent.futures

import pytest
from rows import row

COMMAND = "/finance/api/bt-pay/command/"


@pytest.fixture(autouse=True)
def fresh_user(world, request):
    """Each test has a user of its own, so that its numbers are its own."""
    name = "u" + "".join(c for c in request.node.name if c.isalnum())[:50]
    world.service.add_user(name)
    world.user = name


def say(socket, command, **members):
    """Sends a command; gives its answer, a result or an error."""
    socket.send({"command": command, "ref": "mine", **members})
    return socket.receive_until(lambda message: message.get("ref") == "mine")[-1]


def pending(socket):
    return socket.ask("request_pending", "pending_update")["data"]


def dashboard(socket):
    return socket.ask("request_data", "dashboard_update")["data"]


def transactions(world, query="?days=30"):
    return world.service.get(world.user, "/finance/api/bt-pay/transactions/" + query).json()["transactions"]


def test_a_category_by_hand_is_seen_on_every_device_and_can_be_taken_back(world):
    world.service.post(world.ingest, row(world.user, description="BT Pay - Qwrtz"))
    with world.service.greeted(world.user) as socket, world.service.greeted(world.user) as other:
        (item,) = pending(socket)
        done = say(socket, "categorize", id=item["id"], category="hobby")
        assert (done["type"], done["changed"]) == ("categorize_result", 1)
        assert len(done["epoch"]) == 12 and done["seq"] > 0
        assert pending(socket) == []
        assert dashboard(socket)["today_amount"] == 12.3
        other.receive_type("dashboard_update", lambda message: message["data"]["today_amount"] == 12.3)
        assert say(socket, "categorize", id=item["id"], category="hobby")["changed"] == 0
        assert say(socket, "uncategorize", id=item["id"])["changed"] == 1
        assert [one["id"] for one in pending(socket)] == [item["id"]]
        assert dashboard(socket)["today_amount"] == 0
        assert say(socket, "uncategorize", id=item["id"])["changed"] == 0


def test_a_remembered_merchant_is_categorised_from_then_on_until_it_is_forgotten(world):
    world.service.post(world.ingest, row(world.user, description="BT Pay - Qwrtz"))
    with world.service.greeted(world.user) as socket:
        (item,) = pending(socket)
        assert say(socket, "categorize", id=item["id"], category="hobby", remember=True)["changed"] == 1
        world.service.post(world.ingest, row(world.user, description="BT Pay - QWRTZ"))
        assert socket.ask("auto_categorize", "auto_categorize_result")["categorized"] == 1
        assert {one["category"] for one in transactions(world)} == {"hobby"}
        assert say(socket, "forget", merchant=item["merchant"])["changed"] == 1
        assert say(socket, "forget", merchant=item["merchant"])["changed"] == 0
        world.service.post(world.ingest, row(world.user, description="BT Pay - Qwrtz"))
        assert socket.ask("auto_categorize", "auto_categorize_result")["categorized"] == 0


def test_what_is_removed_is_nowhere_until_it_is_restored(world):
    posted = row(world.user)
    world.service.post(world.ingest, posted)
    with world.service.greeted(world.user) as socket:
        (item,) = pending(socket)
        assert say(socket, "remove", id=item["id"])["changed"] == 1
        assert pending(socket) == [] and transactions(world) == []
        assert world.service.post(world.ingest, posted)["accepted"] == 0
        assert pending(socket) == []
        assert say(socket, "restore", id=item["id"])["changed"] == 1
        assert len(pending(socket)) == 1


def test_a_decision_survives_a_correction_by_the_bank(world):
    posted = row(world.user, description="BT Pay - Qwrtz")
    world.service.post(world.ingest, posted)
    with world.service.greeted(world.user) as socket:
        (item,) = pending(socket)
        say(socket, "categorize", id=item["id"], category="hobby")
        assert world.service.post(world.ingest, {**posted, "amount": "-20.00"})["corrected"] == 1
        (listed,) = transactions(world)
        assert (listed["category"], listed["amount"], listed["status"]) == ("hobby", -20.0, "synced")


def test_a_decision_about_nothing_is_refused_and_the_socket_lives_on(world):
    with world.service.greeted(world.user) as socket:
        for command, members in [("categorize", {"id": 1, "category": "x"}), ("remove", {"id": 99999999}),
                                 ("unmatch", {"booked": 99999999})]:
            refused = say(socket, command, **members)
            assert (refused["type"], refused["code"]) == ("error", "unknown_item"), command
        assert say(socket, "categorize")["code"] == "missing_field"
        assert socket.ask("ping", "pong")["type"] == "pong"


def test_a_posted_command_has_the_same_answer(world):
    world.service.post(world.ingest, row(world.user, description="BT Pay - Qwrtz"))
    (item,) = transactions(world)
    cookie = world.service.log_in(world.user)
    order = {"command": "categorize", "id": item["id"], "category": "hobby", "ref": "r"}
    answer = world.service.http("POST", COMMAND, order, cookie=cookie)
    assert answer.status == 200
    body = answer.json()
    assert (body["type"], body["changed"], body["ref"]) == ("categorize_result", 1, "r")
    assert world.service.http("POST", COMMAND, {**order, "id": 99999999}, cookie=cookie).status == 404
    assert world.service.http("POST", COMMAND, {"command": "remove"}, cookie=cookie).status == 400
    assert world.service.http("POST", COMMAND, order).status == 401
    elsewhere = {"Origin": "https://evil.example"}
    assert world.service.http("POST", COMMAND, order, cookie=cookie, headers=elsewhere).status == 403


def test_many_devices_categorise_at_once_and_each_payment_is_booked_once(world):
    count = 20
    world.service.post(world.ingest, *[row(world.user, description="BT Pay - Lidl") for _ in range(count)])
    cookie = world.service.log_in(world.user)

    def by_post(_):
        return world.service.http("POST", "/finance/bt-pay/auto-categorize/", "", cookie=cookie).json()["categorized"]

    def by_socket(_):
        with world.service.greeted(world.user) as socket:
            return socket.ask("auto_categorize", "auto_categorize_result")["categorized"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        tasks = [pool.submit(way, n) for n in range(4) for way in (by_post, by_socket)]
        assert sum(task.result() for task in tasks) == count
    with world.service.greeted(world.user) as socket:
        assert dashboard(socket)["today_transactions"] == count
        assert dashboard(socket)["pending_count"] == 0


def test_what_its_source_withdraws_is_gone_for_good(world):
    posted = row(world.user)
    world.service.post(world.ingest, posted)
    withdrawal = {key: posted[key] for key in ("external_id", "source", "user")} | {"withdrawn": True}
    with world.service.greeted(world.user) as socket:
        assert world.service.post(world.ingest, withdrawal)["withdrawn"] == 1
        assert pending(socket) == []
        assert world.service.post(world.ingest, withdrawal)["withdrawn"] == 0
        assert world.service.post(world.ingest, posted)["accepted"] == 0
        assert pending(socket) == []


def test_a_booked_payment_takes_the_place_of_the_pending_one_that_it_names(world):
    hold = row(world.user, bank_status="pending")
    world.service.post(world.ingest, hold)
    world.service.post(world.ingest, row(world.user, replaces=hold["external_id"], amount="-12.50"))
    with world.service.greeted(world.user) as socket:
        (item,) = pending(socket)
        assert item["amount"] == 12.5
        assert say(socket, "unmatch", booked=item["id"])["changed"] == 1
        assert len(pending(socket)) == 2
        assert dashboard(socket)["pending_amount"] == 24.8


def test_an_ambiguous_match_waits_for_review(world):
    for _ in range(2):
        world.service.post(world.ingest, row(world.user, bank_status="pending", description="BT Pay - Qwrtz"))
    world.service.post(world.ingest, row(world.user, description="BT Pay - Qwrtz"))
    with world.service.greeted(world.user) as socket:
        (question,) = socket.ask("request_review", "review_update")["data"]
        assert len(question["candidates"]) == 2
        assert world.service.get(world.user, "/finance/api/bt-pay/review/").json() == [question]
        assert dashboard(socket)["pending_count"] == 2
        booked, candidate = question["booked"]["id"], question["candidates"][0]["id"]
        assert say(socket, "match", booked=booked, pending=candidate)["changed"] == 1
        assert socket.ask("request_review", "review_update")["data"] == []
        assert dashboard(socket)["pending_count"] == 2
        assert booked in [item["id"] for item in pending(socket)]


def test_alerts_are_told_beside_the_payments_that_cause_them_and_once(world):
    with world.service.greeted(world.user) as socket, world.service.open(world.user, "/ws/btpay/notify/") as bell:
        bell.receive()  # the greeting
        wanted = {
            "large_from": {"amount": 100, "currency": "RON"},
            "budgets": [{"category": "food", "amount": 20, "currency": "RON"}],
            "new_merchant": True,
        }
        assert say(socket, "set_alerts", **wanted)["changed"] == 1
        assert say(socket, "set_alerts", **wanted)["changed"] == 0
        large = row(world.user, amount="-250.00", description="BT Pay - Qwrtz")
        world.service.post(world.ingest, large)
        told = [bell.receive_type("notification"), bell.receive_type("notification")]
        assert sorted(one["level"] for one in told) == ["info", "info"]
        assert any(one.get("amount") == 250 and one.get("currency") == "RON" for one in told)
        world.service.post(world.ingest, large)  # again, which is no news
        for external_id in ("lunch", "dinner"):
            world.service.post(
                world.ingest,
                row(world.user, external_id=external_id, amount="-15.00", merchant="Qwrtz", category="food", status="synced"),
            )
        assert bell.receive_type("notification")["level"] == "warning"
        assert say(socket, "set_alerts", budgets=[{"category": "food"}])["type"] == "error"
        assert say(socket, "set_alerts")["changed"] == 1
        world.service.post(world.ingest, row(world.user, amount="-900.00", description="BT Pay - Uiop"))
        world.service.tool("btpay-notify", "--user", world.user, "--message", "the end")
        assert bell.receive_type("notification")["message"] == "the end"


def test_lists_have_filters_and_pages(world):
    world.service.post(world.ingest, *[row(world.user, description="BT Pay - Lidl") for _ in range(5)])
    seen, query = [], "?limit=2"
    while query:
        page = world.service.get(world.user, "/finance/api/bt-pay/transactions/" + query).json()
        seen += [one["id"] for one in page["transactions"]]
        query = f"?limit=2&after={page['next']}" if page["next"] else None
    assert len(seen) == len(set(seen)) == 5
    assert transactions(world, "?merchant=Nobody") == []
    assert world.service.get(world.user, "/finance/api/bt-pay/transactions/?minutes=abc").status == 400
    assert "this_month" in world.service.get(world.user, "/finance/api/bt-pay/stats/").json()
