"""Log-in, pages and what is refused at the door."""

import urllib.parse

import pytest
from service import PASSWORD


def form(**fields):
    return urllib.parse.urlencode(fields)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_program_logs_in_with_json(service):
    answer = service.http("POST", "/login", {"username": "ana", "password": PASSWORD})
    assert answer.status == 200
    cookie = answer.cookie("sessionid")
    assert service.http("GET", "/finance/api/bt-pay/dashboard/", cookie=cookie).status == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(service):
    answer = service.http("POST", "/login", {"username": "ana", "password": PASSWORD})
    flags = answer.set_cookies[0].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags or "samesite=strict" in flags


def test_a_browser_logs_in_by_form_and_goes_on_where_it_was(service):
    body = form(username="ana", password=PASSWORD, next="/finance/bt-pay/")
    answer = service.http("POST", "/login", body, headers=FORM)
    assert answer.status == 303
    assert answer.headers["location"] == "/finance/bt-pay/"
    page = service.http("GET", "/finance/bt-pay/", cookie=answer.cookie("sessionid"))
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", ""])
def test_a_log_in_never_leads_to_another_host(service, there):
    answer = service.http("POST", "/login", form(username="ana", password=PASSWORD, next=there), headers=FORM)
    assert answer.status == 303
    location = answer.headers["location"]
    assert location.startswith("/") and not location.startswith(("//", "/\\")), location


@pytest.mark.parametrize("name, password", [("ana", "wrong"), ("nobody", PASSWORD), ("ana", ""), ("", "")])
def test_a_wrong_password_is_refused_like_an_unknown_name(service, name, password):
    answer = service.http("POST", "/login", {"username": name, "password": password})
    assert answer.status == 401
    assert not answer.set_cookies


def test_a_form_with_a_wrong_password_shows_the_log_in_page_again(service):
    answer = service.http("POST", "/login", form(username="ana", password="wrong"), headers=FORM)
    if answer.status == 303:
        assert answer.headers["location"].startswith("/login?") and "error=" in answer.headers["location"]
    else:
        assert answer.status == 401
    assert not answer.set_cookies


@pytest.mark.parametrize("body", ["", "{", "[]", '{"username":1,"password":2}', '{"username":"ana"}'])
def test_a_malformed_log_in_is_refused(service, body):
    answer = service.http("POST", "/login", body, headers={"Content-Type": "application/json"})
    assert answer.status in (400, 401)


def test_a_log_out_ends_the_session_at_once(service):
    cookie = service.http("POST", "/login", {"username": "ana", "password": PASSWORD}).cookie("sessionid")
    answer = service.http("POST", "/logout", "", cookie=cookie)
    assert answer.status in (200, 204, 303)
    assert service.http("GET", "/finance/api/bt-pay/dashboard/", cookie=cookie).status == 401


def test_a_page_sends_a_stranger_to_the_log_in(service):
    answer = service.http("GET", "/finance/bt-pay/")
    assert answer.status in (302, 303)
    location = urllib.parse.urlsplit(answer.headers["location"])
    assert location.path == "/login"
    assert urllib.parse.parse_qs(location.query)["next"] == ["/finance/bt-pay/"]


@pytest.mark.parametrize("view", ["dashboard", "pending", "hourly", "categories"])
def test_the_api_is_answered_with_json_to_users_alone(service, view):
    path = f"/finance/api/bt-pay/{view}/"
    stranger = service.http("GET", path)
    assert stranger.status == 401
    assert stranger.headers["content-type"].startswith("application/problem+json")
    stranger.json()
    answer = service.get("ana", path)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    answer.json()


def test_the_short_address_of_the_dashboard_serves_the_same(service):
    assert service.get("ana", "/api/bt-pay/dashboard/").json() == service.get("ana", "/finance/api/bt-pay/dashboard/").json()


@pytest.mark.parametrize("path", ["/nowhere", "/finance/api/bt-pay/nothing/", "/static/../btpayd", "/static/", "/%00"])
def test_an_unknown_path_is_not_found(service, path):
    assert service.get("ana", path).status in (400, 404)


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("GET", "/api/v1/transactions", "POST"),
        ("DELETE", "/api/v1/notifications", "POST"),
        ("GET", "/finance/bt-pay/auto-categorize/", "POST"),
        ("PUT", "/login", "POST"),
        ("POST", "/finance/api/bt-pay/dashboard/", "GET"),
        ("GET", "/logout", "POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(service, method, path, allowed):
    answer = service.http(method, path, cookie=service.log_in("ana"))
    assert answer.status == 405
    assert allowed in [name.strip() for name in answer.headers["allow"].split(",")]


@pytest.mark.parametrize("path", ["/login", "/static/btpay.css", "/static/dashboard.js"])
def test_the_log_in_page_and_its_parts_are_open_to_strangers(service, path):
    answer = service.http("GET", path)
    assert answer.status == 200
    assert answer.body


def test_pages_are_served_under_a_strict_policy(service):
    answer = service.get("ana", "/finance/bt-pay/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_operations_are_answered_without_a_log_in(service, path):
    assert service.http("GET", path).status == 200
