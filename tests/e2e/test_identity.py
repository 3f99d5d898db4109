"""Who comes in, how it ends, and what an operator can do about it, on the programs as they are."""

import http.server
import json
import pathlib
import ssl
import subprocess
import threading
import time

import client
import pytest
from service import PASSWORD, Service


def one_value(text, name):
    """The id in the line of a list that names this user."""
    return next(line.split() for line in text.splitlines() if f" {name} " in line)


def test_logging_out_closes_the_sockets_of_that_session_within_a_second(service):
    cookies = [
        service.http("POST", "/login", {"username": "ana", "password": PASSWORD}).cookie("sessionid") for _ in range(2)
    ]
    mine, other = (client.Socket(service.port, "/ws/btpay/live/", cookie=cookie) for cookie in cookies)
    begun = time.monotonic()
    assert service.http("POST", "/logout", cookie=cookies[0]).status == 303
    assert mine.close_code() == 1008
    assert time.monotonic() - begun < 1
    assert other.ask("ping", "pong")["type"] == "pong"
    assert service.http("POST", "/logout?everywhere", cookie=cookies[1]).status == 303
    assert other.close_code() == 1008


def test_a_disabled_user_is_out_within_a_second_and_back_when_enabled(service):
    with service.greeted("bogdan") as socket:
        begun = time.monotonic()
        service.tool("btpay-admin", "user", "disable", "bogdan")
        assert socket.close_code() == 1008
        assert time.monotonic() - begun < 1.5  # a process had to start, too
    assert service.get("bogdan", "/finance/api/bt-pay/dashboard/").status == 401
    assert service.http("POST", "/login", {"username": "bogdan", "password": PASSWORD}).status == 401
    service.tool("btpay-admin", "user", "enable", "bogdan")
    service.cookies.pop("bogdan")
    assert service.get("bogdan", "/finance/api/bt-pay/dashboard/").status == 200


def test_an_operator_sees_sessions_and_closes_them(service):
    with service.greeted("carmen") as socket:
        listed = service.tool("btpay-admin", "sessions", "list")
        assert service.log_in("carmen") not in listed
        kind, id, *_ = one_value(listed, "carmen")
        assert kind == "log-in"
        assert "live" in next(line for line in listed.splitlines() if line.startswith("socket") and id in line)
        service.tool("btpay-admin", "sessions", "close", id)
        assert socket.close_code() == 1008
    service.tool("btpay-admin", "sessions", "close", id, expected=2)
    service.cookies.pop("carmen")
    service.log_in("carmen")
    service.tool("btpay-admin", "sessions", "close", "--user", "carmen")
    assert service.get("carmen", "/finance/api/bt-pay/dashboard/").status == 401
    service.cookies.pop("carmen")


def test_tokens_are_listed_expire_and_are_revoked(service):
    token = service.token("ingest", "--user", "ana", "--expires", "1h")
    service.tool("btpay-admin", "token", "create", "--scope", "ingest", "--expires", "soon", expected=2)
    assert service.http("GET", "/finance/api/bt-pay/dashboard/", token=token).status == 200
    listed = service.tool("btpay-admin", "token", "list")
    assert token not in listed
    id = one_value(listed, "ana")[0]
    socket = client.Socket(service.port, "/ws/btpay/notify/", headers={"Authorization": f"Bearer {token}"})
    service.tool("btpay-admin", "token", "revoke", id)
    assert socket.close_code() == 1008
    assert service.http("GET", "/finance/api/bt-pay/dashboard/", token=token).status == 401
    service.tool("btpay-admin", "token", "revoke", id, expected=2)


def test_an_admin_token_does_over_http_what_the_admin_socket_does(world, service):
    assert service.http("GET", "/admin/sessions").status == 404
    assert service.http("GET", "/admin/sessions", token=world.ingest).status == 403
    assert "sockets" in service.http("GET", "/admin/sessions", token=world.admin).json()
    assert service.http("POST", "/admin/log-level", {"level": "debug"}, token=world.admin).status == 200
    assert service.http("POST", "/admin/log-level", {"level": "loud"}, token=world.admin).status == 400
    service.tool("btpay-admin", "log-level", "info")


def test_a_password_is_changed_by_an_operator(service):
    service.tool("btpay-admin", "user", "password", "ana", "--password-stdin", stdin="another one\n")
    assert service.http("POST", "/login", {"username": "ana", "password": PASSWORD}).status == 401
    assert service.http("POST", "/login", {"username": "ana", "password": "another one"}).status == 200
    service.tool("btpay-admin", "user", "password", "ana", "--password-stdin", stdin=PASSWORD + "\n")


def test_the_echo_is_not_there_unless_asked_for(service):
    assert client.refused_upgrade(service.port, "/ws/echo") == 404
    assert service.http("GET", "/ws/echo").status == 404


@pytest.fixture
def started(tmp_path):
    """Starts a service of its own with these options; it ends with the test."""
    services = []

    def start(*options):
        services.append(Service(tmp_path, *options))
        services[-1].add_user("ana")
        return services[-1].start()

    yield start
    for one in services:
        assert one.stop() in (0, None), one.errors()  # none: it has ended already


def test_the_echo_gives_back_text_and_binary(started):
    service = started("--test-echo")
    with client.Socket(service.port, "/ws/echo") as socket:
        socket.send('{"țar":"🙂"}')
        assert socket.receive() == {"țar": "🙂"}
        large = json.dumps("x" * (16 * 1024 * 1024 - 2))
        socket.send(large)
        assert len(socket.receive()) == len(large) - 2


def test_draining_stops_the_service_as_a_signal_does(started):
    service = started()
    socket = service.greeted("ana")
    service.tool("btpay-admin", "drain")
    assert socket.close_code() == 1001
    assert service.process.wait(60) == 0
    service.process = None


def certificate(folder, name):
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj".split()
    files = folder / "cert.pem", folder / "key.pem"
    subprocess.run([*command, f"/CN={name}", "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def name_of_server(port):
    """Of the certificate that the service shows."""
    pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=20)
    done = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem, capture_output=True, text=True, check=True)
    return done.stdout.strip().rpartition("=")[2].strip()


def test_wss_works_and_a_new_certificate_is_read_on_sighup(started, tmp_path):
    cert, key = certificate(tmp_path, "first")
    service = started("--tls-cert", str(cert), "--tls-key", str(key))
    assert service.printed[0] == f"listening on https://127.0.0.1:{service.port}"
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", service.port, timeout=20, context=trust)
    answer = client.http_exchange(connection, "POST", "/login", {"username": "ana", "password": PASSWORD})
    assert answer.status == 200
    assert "secure" in answer.set_cookies[0].lower()
    cookie = answer.cookie("sessionid")
    socket = client._loop.run(
        client.Socket._connect(
            f"wss://127.0.0.1:{service.port}/ws/btpay/live/", ssl=trust, extra_headers=[("Cookie", f"sessionid={cookie}")]
        )
    )
    assert json.loads(client._loop.run(socket.recv()))["type"] == "dashboard_update"
    assert name_of_server(service.port) == "first"
    certificate(tmp_path, "second")
    service.process.send_signal(1)
    deadline = time.monotonic() + 20
    while name_of_server(service.port) != "second":
        assert time.monotonic() < deadline, service.errors()
    client._loop.run(socket.send('{"command":"ping"}'))
    while json.loads(client._loop.run(socket.recv()))["type"] != "pong":
        pass
    client._loop.run(socket.close())


def test_an_existing_application_keeps_its_log_in(started):
    known = {"sessionid=django-session": "ana", "sessionid=of-a-new-user": "dana"}

    class Application(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = known.get(self.headers.get("Cookie"))
            body = json.dumps({"username": name} if name else {}).encode()
            self.send_response(200 if name else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application) as application:
        threading.Thread(target=application.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{application.server_port}/whoami"
        service = started("--forward-auth", url, "--create-users", "--login-url", "/accounts/login/")
        try:
            with client.Socket(service.port, "/ws/btpay/live/", cookie="django-session") as socket:
                assert socket.receive()["type"] == "dashboard_update"
            dashboard = "/finance/api/bt-pay/dashboard/"
            assert service.http("GET", dashboard, cookie="of-a-new-user").status == 200
            assert service.http("GET", dashboard, cookie="nobody").status == 401
            assert client.refused_upgrade(service.port, "/ws/btpay/live/", cookie="nobody") == 403
            answer = service.http("GET", "/finance/bt-pay/", cookie="nobody")
            assert answer.headers["location"].startswith("/accounts/login/?next=")
        finally:
            application.shutdown()


def test_giant_and_deeply_nested_json_is_refused_and_others_are_served(world, service):
    nested = "[" * 200_000 + "]" * 200_000
    for body in (nested, '{"transactions":' + nested + "}", '{"a":' * 100_000 + "1" + "}" * 100_000):
        assert service.http("POST", "/api/v1/transactions", body, token=world.ingest).status in (400, 413)
        with service.greeted("ana") as socket:
            socket.send(body[:60_000])
            assert socket.receive_type("error")["code"] == "malformed"
    assert service.http("POST", "/login", nested, headers={"Content-Type": "application/json"}).status == 401
    assert service.get("ana", "/finance/api/bt-pay/dashboard/").status == 200


def most_resident_mb(service):
    status = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def test_a_giant_log_in_of_a_stranger_costs_no_more_than_its_bytes(service):
    body = '{"username":[' + "1," * 4_000_000 + '1],"password":"x"}'
    as_json = {"Content-Type": "application/json"}
    before = most_resident_mb(service)
    for _ in range(2):
        assert service.http("POST", "/login", body, headers=as_json).status == 401
    assert most_resident_mb(service) - before < 48
    assert service.http("POST", "/login", {"username": "ana", "password": PASSWORD}).status == 200
