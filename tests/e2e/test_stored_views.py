"""Views are kept, served without a fold after a start, and rebuilt beside the running service: always those of the log."""

import time

import pytest
from rows import row
from service import STARTED_SECONDS, Service

VIEWS = ("dashboard", "pending", "hourly", "categories")
USERS = ("ana", "bogdan")


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path)
    try:
        for user in USERS:
            made.add_user(user)
        made.ingest = made.token("ingest")
        yield made
    finally:
        made.kill()


def pay(service, count=30):
    for user in USERS:
        service.post(service.ingest, *(row(user, amount=f"-{n}.50") for n in range(1, count + 1)))


def views(service):
    """Every view of every user, as bytes."""
    found = {}
    for user in USERS:
        for view in VIEWS:
            answer = service.get(user, f"/finance/api/bt-pay/{view}/")
            assert answer.status == 200, answer
            found[user, view] = answer.body
    return found


def metric(service, name):
    text = service.http("GET", "/metrics").body.decode()
    for line in text.splitlines():
        if line.startswith(f"btpay_stored_views_{name} "):
            return float(line.split()[1])
    raise AssertionError(f"no {name} in {text}")


def wait_until(what):
    end = time.monotonic() + STARTED_SECONDS
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def verify(service):
    said = service.replay("verify")
    assert " 0 differences" in said, said
    return said


def test_after_a_stop_the_same_bytes_come_from_the_store(service):
    service.start()
    pay(service)
    before = views(service)
    assert service.stop() == 0, service.errors()
    verify(service)
    service.start()
    assert views(service) == before
    assert metric(service, "served_total") == len(before)
    assert metric(service, "wrong_total") == 0
    assert service.stop() == 0
    verify(service)


def test_after_kill_9_nothing_old_is_served(service):
    service.start()
    pay(service)
    views(service)
    service.restart()
    pay(service, 3)
    before = views(service)
    service.kill()
    verify(service)
    service.start()
    assert views(service) == before
    assert metric(service, "wrong_total") == 0


def test_a_rebuild_beside_the_service_is_taken_up(service):
    service.start()
    pay(service)
    before = views(service)
    wait_until(lambda: metric(service, "rebuild_running") == 0)
    for _ in range(3):
        assert "switched to generation" in service.replay("rebuild")
        pay(service, 1)
        before = views(service)
    verify(service)
    assert service.stop() == 0
    verify(service)
    service.start()
    assert views(service) == before
    assert metric(service, "served_total") == len(before)


def test_views_of_other_rules_are_rebuilt_in_the_background(service):
    service.start()
    pay(service)
    views(service)
    assert service.stop() == 0
    service.options = ("--compat", "moneymanager")
    service.start()
    before = views(service)
    assert metric(service, "served_total") == 0
    wait_until(lambda: metric(service, "rebuild_running") == 0 and metric(service, "generation") == 2)
    assert service.stop() == 0
    assert " 0 differences" in service.replay("verify", "--compat", "moneymanager")
    service.start()
    assert views(service) == before
    assert metric(service, "served_total") == len(before)
    assert metric(service, "generation") == 2


def test_without_the_background_rebuild_views_are_kept_one_by_one(service):
    service.options = ("--no-rebuild-views",)
    service.start()
    pay(service)
    before = views(service)
    service.restart()
    assert views(service) == before
    assert metric(service, "served_total") == len(before)
    assert service.stop() == 0
    verify(service)


def test_a_store_of_views_that_is_damaged_is_passed_over(service):
    service.start()
    pay(service)
    before = views(service)
    assert service.stop() == 0
    (service.data / "views" / "data.mdb").write_bytes(b"no views at all" * 1000)
    service.start()
    assert views(service) == before
    assert "goes on without stored views" in service.errors()
