"""Backups of a store that is being written, and views that are rebuilt beside the service or killed in the middle."""

import json
import pathlib
import signal
import subprocess
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "storage"))

import read_log  # noqa: E402  # after the path above
from rows import row  # noqa: E402
from service import BIN, TOOL_SECONDS, environment  # noqa: E402


def replay(data, *arguments, expected=0):
    done = subprocess.run(
        [BIN / "btpay-replay", "--data", data, *arguments],
        capture_output=True,
        text=True,
        timeout=TOOL_SECONDS,
        env=environment(),
        check=False,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


def ids_in(export):
    events = [json.loads(line) for line in export.split("\n") if line]
    return [e["data"]["transaction"]["external_id"] for e in events if e["type"] == "transaction_imported"]


class Writing:
    """Posts rows until it is left; `acknowledged` grows meanwhile."""

    def __init__(self, world):
        self.world = world
        self.acknowledged = []
        self.first = threading.Event()
        self.ended = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._post)
        self.thread.start()
        assert self.first.wait(TOOL_SECONDS)
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def _post(self):
        while not self.ended.is_set():
            rows = [row("ana") for _ in range(20)]
            self.world.service.post(self.world.ingest, *rows)
            self.acknowledged += [each["external_id"] for each in rows]
            self.first.set()


def test_a_backup_beside_a_writer_is_whole_and_can_be_restored(world, tmp_path):
    copy = tmp_path / "copy"
    with Writing(world) as writing:
        before = list(writing.acknowledged)
        said = world.service.tool("btpay-admin", "backup", copy)
    assert "0 faults" in said
    restored = tmp_path / "restored"
    subprocess.run(
        [BIN / "btpay-admin", "--data", restored, "restore", copy], check=True, timeout=TOOL_SECONDS, env=environment()
    )
    assert "0 faults" in replay(restored, "verify")
    ids = ids_in(replay(restored, "export"))
    assert set(before) <= set(ids)
    assert set(ids) <= set(writing.acknowledged)
    replay(restored, "show", "dashboard", "--user", "ana")
    # Never over a store that is there.
    again = subprocess.run(
        [BIN / "btpay-admin", "--data", restored, "restore", copy],
        capture_output=True,
        timeout=TOOL_SECONDS,
        env=environment(),
        check=False,
    )
    assert again.returncode == 2
    assert len(again.stderr.splitlines()) == 1


def test_views_are_rebuilt_and_verified_beside_a_writer(world):
    world.service.wait_for_stored_views()
    with Writing(world):
        world.service.replay("rebuild")
        assert ", 0 differences" in world.service.replay("verify")
    world.service.replay("rebuild", "--user", "ana", "--view", "hourly")
    assert ", 0 differences" in world.service.replay("verify")
    world.service.replay("rebuild", "--rollback")
    assert ", 0 differences" in world.service.replay("verify")
    assert "2 parts" in world.service.replay("rebuild", "--dry-run", "--threads", "2")


def test_a_rebuild_that_is_killed_goes_on(world):
    world.service.wait_for_stored_views()
    for _ in range(5):
        rebuild = subprocess.Popen(
            [BIN / "btpay-replay", "--data", world.service.data, "rebuild"],
            stdout=subprocess.DEVNULL,
            env=environment(),
        )
        rebuild.send_signal(signal.SIGKILL)
        rebuild.wait(TOOL_SECONDS)
    world.service.replay("rebuild")
    assert ", 0 differences" in world.service.replay("verify")


def test_a_view_is_shown_as_it_was_known(world):
    service = world.service
    service.post(world.ingest, row("bogdan", status="pending"))
    seq = service.replay("stats").split("\n")[0].split()[1]
    last = next(line for line in service.replay("stats").split("\n") if line.startswith("last_recorded_at "))
    then = service.replay("show", "pending", "--user", "bogdan")
    service.post(world.ingest, row("bogdan", status="pending"))
    assert service.replay("show", "pending", "--user", "bogdan") != then
    assert service.replay("show", "pending", "--user", "bogdan", "--seq", seq) == then
    assert service.replay("show", "pending", "--user", "bogdan", "--known-at", last.split()[1]) == then


def test_a_reader_of_another_language_reads_the_same_events(world):
    service = world.service
    service.post(world.ingest, row("carmen", description="Cafea 'La Mițu' ☕", mcc=5814), row("carmen", amount="7.05"))
    exported = [json.loads(line) for line in service.replay("export").split("\n") if line]
    events = list(read_log.read_log(service.data / "log" / "data.mdb"))
    assert len(events) == len(exported)
    for ours, theirs in zip(events, exported, strict=True):
        assert (ours["seq"], ours["user"], ours["type"]) == (theirs["seq"], theirs["user"], theirs["type"])
        assert read_log.rfc3339(ours["recorded_at"]) == theirs["recorded_at"]
        if "transaction" in ours["data"]:
            told, seen = theirs["data"]["transaction"], ours["data"]["transaction"]
            for member in ("source", "external_id", "description", "status"):
                assert seen[member] == told[member]
            assert read_log.rfc3339(seen["date"]) == told["date"]
            assert seen["amount"]["minor"] == round(float(told["amount"]) * 100)
            assert seen["amount"]["currency"] == told["currency"]


def test_a_changed_byte_is_found_by_the_reader_of_another_language(world, tmp_path):
    world.service.tool("btpay-admin", "backup", tmp_path / "copy")
    path = tmp_path / "copy" / "log" / "data.mdb"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"BT Pay - Lidl", b"XT Pay - Lidl"))  # pages of older versions too
    with pytest.raises(read_log.Wrong, match="record [0-9]+ does not match its checksum"):
        list(read_log.read_log(path))
    assert "bad record at" in replay(tmp_path / "copy", "verify", expected=1)
