"""Views are kept, served without a fold after a start, and rebuilt beside the running service: always those of the log."""

import errno
import itertools
import json
import os
import pathlib
import re
import shutil
import signal

import pytest
from rows import row
from service import Service, wait_until

VIEWS = ("dashboard", "pending", "hourly", "categories")
USERS = ("ana", "bogdan")
FAULTY_DISK = os.environ.get("BTPAY_FAULTY_DISK", "build/release/tests/recovery/libbtpay_faulty_disk.so")
RULES = pathlib.Path(__file__).resolve().parents[2] / "domain" / "rules.json"


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


def timeless(found):
    """Without the views that tell the time."""
    return {key: body for key, body in found.items() if key[1] != "hourly"}


def verify(service):
    said = service.replay("verify")
    assert " 0 differences" in said, said
    return said


def test_after_a_stop_the_same_bytes_come_from_the_store(service):
    service.start()
    pay(service)
    before = views(service)
    service.wait_for_stored_views()
    assert service.stop() == 0, service.errors()
    verify(service)
    service.start()
    assert views(service) == before
    assert service.stored_views("served_total") == len(before)
    assert service.stored_views("wrong_total") == 0
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
    assert service.stored_views("wrong_total") == 0


def test_a_rebuild_beside_the_service_is_taken_up(service):
    service.start()
    pay(service)
    before = views(service)
    service.wait_for_stored_views()
    for _ in range(3):
        assert "switched to generation" in service.replay("rebuild")
        pay(service, 1)
        before = views(service)
    verify(service)
    assert service.stop() == 0
    verify(service)
    service.start()
    assert views(service) == before
    assert service.stored_views("served_total") == len(before)


def test_views_of_other_rules_are_rebuilt_in_the_background(service):
    service.start()
    pay(service)
    views(service)
    assert service.stop() == 0
    # A rebuild may be over before the first view is asked for: without one, what is stored is surely of the other rules.
    service.options = ("--compat", "moneymanager", "--no-rebuild-views")
    service.start()
    before = timeless(views(service))
    assert service.stored_views("served_total") == 0
    service.kill()
    service.options = ("--compat", "moneymanager")
    service.start()
    assert timeless(views(service)) == before
    service.wait_for_stored_views()
    assert service.stop() == 0
    assert " 0 differences" in service.replay("verify", "--compat", "moneymanager")
    service.start()
    assert timeless(views(service)) == before
    assert service.stored_views("served_total") == len(before)
    assert service.stored_views("generation") == 2


def test_without_the_background_rebuild_views_are_kept_one_by_one(service):
    service.options = ("--no-rebuild-views",)
    service.start()
    pay(service)
    before = views(service)
    service.restart()
    assert views(service) == before
    assert service.stored_views("served_total") == len(before)
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


def test_a_reload_of_rules_rebuilds_the_stored_views_beside_the_service(service, tmp_path):
    rules = tmp_path / "rules.json"
    shipped = json.loads(RULES.read_text())
    rules.write_text(json.dumps(shipped))
    service.options = ("--rules", rules)
    service.start()
    for user in USERS:
        service.post(service.ingest, *(row(user, description=f"BT Pay - Qwrtz {n}") for n in range(20)))
    service.wait_for_stored_views()
    before = service.stored_views("generation")
    assert b"hobby" not in views(service)["ana", "pending"]
    shipped["categories"].append({"name": "hobby", "words": ["Qwrtz"], "mcc": []})
    rules.write_text(json.dumps(shipped))
    assert service.tool("btpay-admin", "reload").strip() == "reloaded"
    after = views(service)  # at once, whether they are stored by then or not
    assert after["ana", "pending"].count(b'"category_guess":"hobby"') == 20
    service.wait_for_stored_views()
    assert service.stored_views("generation") > before
    assert views(service) == after
    assert service.stored_views("wrong_total") == 0
    assert service.stop() == 0
    assert " 0 differences" in service.replay("verify", "--rules", str(rules))
    service.start()
    assert views(service) == after
    assert service.stored_views("served_total") == len(after)


@pytest.fixture
def long_log(tmp_path):
    """A log whose views take long enough to rebuild that a signal comes in between, and what is stored in the end."""
    service = Service(tmp_path)
    with open(tmp_path / "rows", "w") as file:
        for n in range(60_000):
            one = row(f"user{n % 50}", external_id=str(n), description=f"BT Pay - Lidl {n % 20_000}", amount=f"-{n % 997}.25")
            file.write(json.dumps(one) + "\n")
    service.replay("import", str(tmp_path / "rows"))
    try:
        yield service
    finally:
        service.kill()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_rebuild_that_was_interrupted_goes_on_with_the_next_start(long_log, how):
    said = re.compile(r"\] (rebuilds|goes on rebuilding|rebuilt) the stored views")
    for attempt in itertools.count(1):
        assert attempt < 50, "no rebuild was ever interrupted"
        shutil.rmtree(long_log.data / "views", ignore_errors=True)
        (long_log.folder / "stderr").unlink(missing_ok=True)
        long_log.start()
        code = long_log.stop() if how == signal.SIGTERM else long_log.kill()
        assert code == (0 if how == signal.SIGTERM else -signal.SIGKILL), long_log.errors()
        if said.findall(long_log.errors()) == ["rebuilds"]:
            break
    long_log.start()
    long_log.wait_for_stored_views()
    assert long_log.stored_views("generation") == 1
    first, second, last = said.findall(long_log.errors())
    assert (first, last) == ("rebuilds", "rebuilt")
    if how == signal.SIGTERM:  # kill -9 may come before anything of it is on the disk
        assert second == "goes on rebuilding"
    assert long_log.stop() == 0
    verified = verify(long_log)
    assert "verified 200 stored views" in verified, verified


def test_a_disk_without_room_for_views_costs_only_that_they_are_folded(service, tmp_path):
    fault = tmp_path / "fault"
    service.environment = {
        "LD_PRELOAD": str(pathlib.Path(FAULTY_DISK).resolve(strict=True)),
        "BTPAY_DISK_FILES": "/views/data.mdb",
        "BTPAY_DISK_FAULT": str(fault),
    }
    service.start()
    service.wait_for_stored_views()
    fault.write_text(f"write {errno.ENOSPC}")
    pay(service)
    full = views(service)
    assert b'"pending_count":30' in full["ana", "dashboard"]
    wait_until(lambda: "views are not kept, and are folded from the log when they are asked for" in service.errors())
    assert "No space left on device" in service.errors()
    pay(service, 1)
    assert b'"pending_count":31' in views(service)["ana", "dashboard"]
    assert service.stop() == 0, service.errors()  # and what is handed over at the end finds no room either
    service.start()
    assert b'"pending_count":31' in views(service)["ana", "dashboard"]
    assert service.stored_views("wrong_total") == 0
    fault.unlink()
    before = views(service)
    assert service.stop() == 0
    verify(service)
    service.start()
    assert views(service) == before
    assert service.stored_views("served_total") == len(before)
