"""A service per module: started once, so that the tests of a module also prove that it lives through them."""

import sys

import pytest

sys.dont_write_bytecode = True

from service import Service  # noqa: E402  # after the setting above


class World:
    """A running service with three users, and a token that may write for all of them."""

    def __init__(self, service):
        self.service = service
        for name in ("ana", "bogdan", "carmen"):
            service.add_user(name)
        self.ingest = service.token("ingest")
        self.admin = service.token("admin")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("btpay"))
    try:
        # Accounts are made on the stopped store, so that this way is walked too.
        made = World(service)
        service.start()
        yield made
        assert service.process.poll() is None, f"the service died; {service.errors()}"
        assert service.stop() == 0, service.errors()
    finally:
        service.kill()


@pytest.fixture(scope="module")
def service(world):
    return world.service
