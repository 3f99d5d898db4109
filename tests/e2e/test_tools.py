"""The programs from the outside: help, versions, exit codes."""

import subprocess

import pytest
from service import BIN, Service, environment

PROGRAMS = ("btpayd", "btpay-replay", "btpay-notify", "btpay-admin")


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


def test_notifying_without_a_service_says_so(tmp_path):
    done = run("btpay-notify", "--data", str(tmp_path), "--all", "--message", "x")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_verifying_a_store_that_is_not_there_says_so(tmp_path):
    done = run("btpay-replay", "--data", str(tmp_path / "nothing"), "verify")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
