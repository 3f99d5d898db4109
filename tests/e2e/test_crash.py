"""What is acknowledged is there, whatever happens to the process."""

import threading

import client
import pytest
from rows import row
from service import Service

USERS = ("ana", "bogdan", "carmen")


class Poster(threading.Thread):
    """Posts rows one by one until the service is gone; remembers which were acknowledged."""

    def __init__(self, port, token, user):
        super().__init__(daemon=True)
        self.port, self.token, self.user = port, token, user
        self.sent, self.acknowledged = [], []
        self.enough = threading.Event()

    def run(self):
        connection = client.http_connection(self.port)
        try:
            while True:
                posted = row(self.user)
                self.sent.append(posted)
                answer = client.http_exchange(connection, "POST", "/api/v1/transactions", posted, token=self.token)
                if answer.status != 200:
                    continue
                assert answer.json()["accepted"] == 1, answer
                self.acknowledged.append(posted)
                if len(self.acknowledged) >= 40:
                    self.enough.set()
        except (OSError, client.http.client.HTTPException):
            self.enough.set()
        finally:
            connection.close()


@pytest.fixture
def loaded(tmp_path):
    """A service of which posters and readers make heavy use; gives it with the posters."""
    service = Service(tmp_path)
    try:
        for user in USERS:
            service.add_user(user)
        token = service.token("ingest")
        service.start()
        posters = [Poster(service.port, token, user) for user in USERS * 2]
        for poster in posters:
            poster.start()
        for poster in posters:
            assert poster.enough.wait(60)
        yield service, posters, token
    finally:
        service.kill()


def assert_exactly_once(service, posters):
    """Every acknowledged row is in the log once; every other that was sent at most once."""
    assert service.replay("verify") is not None
    found = [row["external_id"] for row in service.exported()]
    assert len(found) == len(set(found))
    acknowledged = {posted["external_id"] for poster in posters for posted in poster.acknowledged}
    sent = {posted["external_id"] for poster in posters for posted in poster.sent}
    assert len(acknowledged) >= 200
    assert acknowledged <= set(found) <= sent


def test_every_acknowledged_payment_outlives_kill_9_exactly_once(loaded):
    service, posters, token = loaded
    service.kill()
    for poster in posters:
        poster.join(30)
    assert_exactly_once(service, posters)

    service.start()
    for user in USERS:
        rows = [posted for poster in posters if poster.user == user for posted in poster.acknowledged]
        # The service itself knows them again, and shows the newest.
        assert service.post(token, *rows)["duplicates"] == len(rows)
        with service.greeted(user) as socket:
            dashboard = socket.ask("request_data", "dashboard_update")["data"]
        assert dashboard["pending_count"] >= len(rows)
    assert service.stop() == 0
    assert_exactly_once(service, posters)


def test_a_stop_closes_sockets_as_going_away_and_loses_nothing(loaded):
    service, posters, _ = loaded
    live, notify = service.greeted("ana"), service.open("ana", "/ws/btpay/notify/")
    assert service.stop() == 0, service.errors()
    assert live.close_code() == 1001
    assert notify.close_code() == 1001
    for poster in posters:
        poster.join(30)
    assert_exactly_once(service, posters)


def test_a_stop_with_idle_connections_takes_no_time(tmp_path):
    service = Service(tmp_path)
    try:
        service.add_user("ana")
        service.start()
        sockets = [service.greeted("ana") for _ in range(20)]
        idle = client.http_connection(service.port)
        idle.connect()
        assert service.stop() == 0
        assert [socket.close_code() for socket in sockets] == [1001] * 20
        idle.close()
    finally:
        service.kill()


def test_a_second_service_over_the_same_store_is_refused(tmp_path):
    service, second = Service(tmp_path), Service(tmp_path / "second")
    try:
        service.start()
        second.folder.mkdir()
        second.data = service.data
        with pytest.raises(AssertionError, match="ended with 2"):
            second.start()
        assert service.http("GET", "/healthz").status == 200
    finally:
        second.kill()
        service.kill()


def test_views_are_the_same_after_a_restart(world):
    service = world.service
    service.post(world.ingest, *(row("ana", amount=f"-{amount}.50") for amount in range(1, 30)))
    with service.greeted("ana") as socket:
        before = [socket.ask(command, kind)["data"] for command, kind in VIEWS]
    service.restart()
    with service.greeted("ana") as socket:
        after = [socket.ask(command, kind)["data"] for command, kind in VIEWS]
    assert before == after


VIEWS = (
    ("request_data", "dashboard_update"),
    ("request_pending", "pending_update"),
    ("request_categories", "category_update"),
)
