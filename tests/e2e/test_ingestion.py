"""POST /api/v1/transactions: what is taken, counted and refused."""

import json

import client
import pytest
from rows import row

PATH = "/api/v1/transactions"
NDJSON = {"Content-Type": "application/x-ndjson"}


def counts(answer):
    return answer["accepted"], answer["corrected"], answer["duplicates"], len(answer["rejected"])


def test_a_single_object_is_taken(world):
    answer = world.service.http("POST", PATH, row("ana"), token=world.ingest)
    assert answer.status == 200
    assert counts(answer.json()) == (1, 0, 0, 0)
    assert isinstance(answer.json()["seq"], int)


def test_a_list_of_transactions_is_taken(world):
    assert counts(world.service.post(world.ingest, row("ana"), row("bogdan"), row("ana"))) == (3, 0, 0, 0)


def test_lines_of_json_are_taken(world):
    body = "".join(json.dumps(row("ana")) + "\n" for _ in range(5))
    answer = world.service.http("POST", PATH, body, token=world.ingest, headers=NDJSON)
    assert answer.status == 200
    assert counts(answer.json()) == (5, 0, 0, 0)


def test_the_same_again_is_a_duplicate_and_harmless(world):
    rows = [row("carmen"), row("carmen")]
    first = world.service.post(world.ingest, *rows)
    before = world.service.get("carmen", "/finance/api/bt-pay/pending/").json()
    second = world.service.post(world.ingest, *rows)
    after = world.service.get("carmen", "/finance/api/bt-pay/pending/").json()
    assert counts(first) == (2, 0, 0, 0)
    assert counts(second) == (0, 0, 2, 0)
    assert before == after


def test_the_same_identity_with_other_content_is_a_correction_that_the_views_follow(world):
    with world.service.greeted("bogdan") as socket:
        posted = row("bogdan", amount="-10.00")
        world.service.post(world.ingest, posted)
        answer = world.service.post(world.ingest, {**posted, "amount": "-25.50"})
        assert counts(answer) == (0, 1, 0, 0)
        pending = socket.ask("request_pending", "pending_update")["data"]
    assert [item["amount"] for item in pending if item["description"] == posted["description"]] == [25.5]


def test_a_number_is_read_exactly_like_a_decimal_text(world):
    posted = row("ana", amount="-0.30")
    world.service.post(world.ingest, posted)
    body = json.dumps({"transactions": [posted]}).replace('"-0.30"', "-0.30")
    answer = world.service.http("POST", PATH, body, token=world.ingest)
    assert counts(answer.json()) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    "field, value, code",
    [
        ("amount", "twelve", "invalid_amount"),
        ("amount", "-1.234", "invalid_amount"),
        ("amount", "-99999999999999999999.00", "amount_overflow"),
        ("amount", True, "wrong_type"),
        ("currency", "XXQ", "invalid_currency"),
        ("date", "yesterday", "invalid_date"),
        ("date", "2026-02-30T10:00:00Z", "invalid_date"),
        ("date", "2026-02-03T10:00:00", "invalid_date"),
        ("status", "lost", "invalid_value"),
        ("bank_status", "lost", "invalid_value"),
        ("user", "nobody", "unknown_user"),
        ("external_id", 7, "wrong_type"),
        ("external_id", None, ("wrong_type", "missing_field")),
        ("description", "x" * 100_000, "too_long"),
    ],
)
def test_a_bad_row_spoils_no_other_and_is_told_exactly(world, field, value, code):
    answer = world.service.post(world.ingest, row("ana"), {**row("ana"), field: value}, row("bogdan"))
    assert counts(answer) == (2, 0, 0, 1)
    rejected = answer["rejected"][0]
    assert rejected["index"] == 1
    assert rejected["code"] in (code if isinstance(code, tuple) else (code,))
    assert rejected["message"]


@pytest.mark.parametrize("field", ["external_id", "source", "date", "amount", "currency"])
def test_a_missing_field_is_named(world, field):
    bad = row("ana")
    del bad[field]
    rejected = world.service.post(world.ingest, bad, row("ana"))["rejected"]
    assert [(item["index"], item["code"]) for item in rejected] == [(0, "missing_field")]
    assert field in rejected[0]["message"]


def test_a_row_that_is_no_object_spoils_no_other(world):
    answer = world.service.post(world.ingest, row("ana"), 7, None, row("ana"))
    assert counts(answer) == (2, 0, 0, 2)
    assert [item["index"] for item in answer["rejected"]] == [1, 2]


def test_a_broken_line_of_json_spoils_no_other(world):
    body = json.dumps(row("ana")) + "\n{broken\n" + json.dumps(row("ana")) + "\n"
    answer = world.service.http("POST", PATH, body, token=world.ingest, headers=NDJSON)
    assert answer.status == 200
    assert counts(answer.json()) == (2, 0, 0, 1)


@pytest.mark.parametrize("body", ["", "{", "7", "null", '{"transactions":7}', "\xff\xfe", "[" * 5000])
def test_a_body_that_is_no_ingestion_is_refused_whole(world, body):
    answer = world.service.http("POST", PATH, body.encode("latin-1"), token=world.ingest)
    if answer.status == 200:
        assert counts(answer.json()) == (0, 0, 0, 1)
    else:
        assert answer.status == 400
        answer.json()


def test_no_token_is_not_enough(world):
    service = world.service
    assert service.http("POST", PATH, row("ana")).status == 401
    assert service.http("POST", PATH, row("ana"), token="x" * 43).status == 401
    assert service.http("POST", PATH, row("ana"), headers={"Authorization": "Basic eDp4"}).status == 401


def test_a_token_without_the_scope_is_forbidden(world):
    assert world.service.http("POST", PATH, row("ana"), token=world.admin).status == 403


def test_a_token_of_one_user_writes_for_that_user_alone(world):
    token = world.service.token("ingest", "--user", "ana")
    own = row("ana")
    del own["user"]
    answer = world.service.post(token, own, row("bogdan"), row("ana"))
    assert counts(answer) == (2, 0, 0, 1)
    assert (answer["rejected"][0]["index"], answer["rejected"][0]["code"]) == (1, "forbidden")


def test_a_token_for_all_has_to_name_the_user(world):
    nameless = row("ana")
    del nameless["user"]
    rejected = world.service.post(world.ingest, nameless)["rejected"]
    assert [item["code"] for item in rejected] == ["missing_field"]


def test_many_posts_go_through_one_connection(world):
    connection = client.http_connection(world.service.port)
    try:
        for _ in range(50):
            answer = client.http_exchange(connection, "POST", PATH, row("ana"), token=world.ingest)
            assert answer.status == 200
    finally:
        connection.close()


def test_a_thousand_rows_are_taken_at_once(world):
    rows = [row("carmen") for _ in range(1000)]
    assert counts(world.service.post(world.ingest, *rows)) == (1000, 0, 0, 0)
    assert counts(world.service.post(world.ingest, *rows)) == (0, 0, 1000, 0)
