"""The programs from the outside: help, versions, exit codes."""

import json
import subprocess

import pytest
from service import BIN, Service, environment

PROGRAMS = ("btpayd", "btpay-replay", "btpay-notify", "btpay-admin")
NOON = "2026-02-04T12:30:00Z"


def run(program, *arguments):
    return subprocess.run(
        [BIN / program, *arguments], capture_output=True, text=True, timeout=30, env=environment(), check=False
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_explains_itself(program):
    done = run(program, "--help")
    assert done.returncode == 0
    assert "--data" in done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_tells_its_version(program):
    done = run(program, "--version")
    assert done.returncode == 0
    assert any(character.isdigit() for character in done.stdout)


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_unknown_option_is_told_in_one_line(program):
    done = run(program, "--nonsense")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_first_line_is_the_address(tmp_path):
    service = Service(tmp_path)
    try:
        service.start()
        assert service.printed[0] == f"listening on http://127.0.0.1:{service.port}"
    finally:
        service.kill()


def test_the_demonstration_shows_numbers_and_a_log_in(tmp_path):
    service = Service(tmp_path, "--demo")
    try:
        service.start()
        assert service.stop() == 0
        said = "\n".join(service.printed)
        assert "http://127.0.0.1:" in said
        assert "demo" in said.lower()
    finally:
        service.kill()


def payments(count):
    rows = (
        {
            "user": f"user{i % 3}",
            "source": "test",
            "external_id": str(i),
            "date": "2026-02-04T12:30:00Z",
            "amount": f"-{i}.50",
            "currency": "RON",
            "description": "BT Pay - Cofetăria Țepeș",
        }
        for i in range(count)
    )
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_the_export_of_an_imported_log_is_the_same_bytes(tmp_path):
    rows = tmp_path / "rows"
    rows.write_text(payments(50))
    assert run("btpay-replay", "--data", str(tmp_path / "a"), "import", str(rows)).returncode == 0
    first = run("btpay-replay", "--data", str(tmp_path / "a"), "export")
    assert first.returncode == 0
    exported = tmp_path / "exported"
    exported.write_text(first.stdout)

    rehearsed = run("btpay-replay", "--data", str(tmp_path / "b"), "import", "--dry-run", str(exported))
    assert rehearsed.returncode == 0
    assert rehearsed.stdout.startswith(f"would append {first.stdout.count(chr(10))} events and add 3 accounts")
    assert not (tmp_path / "b").exists()

    assert run("btpay-replay", "--data", str(tmp_path / "b"), "import", str(exported)).returncode == 0
    assert run("btpay-replay", "--data", str(tmp_path / "b"), "export").stdout == first.stdout
    assert run("btpay-replay", "--data", str(tmp_path / "b"), "verify").returncode == 0
    views = [
        run("btpay-replay", "--data", str(tmp_path / d), "show", "pending", "--user", "user1", "--at", NOON).stdout
        for d in "ab"
    ]
    assert views[0] == views[1] != ""


def test_a_bad_line_of_an_export_is_named_and_nothing_is_written(tmp_path):
    rows = tmp_path / "rows"
    rows.write_text(payments(5))
    assert run("btpay-replay", "--data", str(tmp_path / "a"), "import", str(rows)).returncode == 0
    lines = run("btpay-replay", "--data", str(tmp_path / "a"), "export").stdout.splitlines()
    lines[1] = lines[1].replace("RON", "R0N")
    exported = tmp_path / "exported"
    exported.write_text("\n".join(lines) + "\n")
    refused = run("btpay-replay", "--data", str(tmp_path / "b"), "import", str(exported))
    assert refused.returncode == 2
    assert "line 2: `currency` is wrong" in refused.stderr
    assert not (tmp_path / "b").exists()


def test_a_rehearsed_import_of_payments_tells_and_writes_nothing(tmp_path):
    rows = tmp_path / "rows"
    rows.write_text(payments(6) + payments(1))
    done = run("btpay-replay", "--data", str(tmp_path / "a"), "import", "--dry-run", str(rows))
    assert json.loads(done.stdout)["accepted"] == 6
    assert json.loads(done.stdout)["duplicates"] == 1
    assert not (tmp_path / "a").exists()


def test_notifying_without_a_service_says_so(tmp_path):
    done = run("btpay-notify", "--data", str(tmp_path), "--all", "--message", "x")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_verifying_a_store_that_is_not_there_says_so(tmp_path):
    done = run("btpay-replay", "--data", str(tmp_path / "nothing"), "verify")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
