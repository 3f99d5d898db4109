/// What operators may do with a running service, and who is one.

#include "storage/credentials.hpp"
#include "tests/actors/routes_fixture.hpp"

namespace btpay {

namespace {

using namespace testing;
using namespace std::chrono_literals;

struct fixture : routes_fixture {
  reply operate(const std::string& path, const std::string& body = "{}") {
    http_request request;
    request.method = http_method::post;
    request.path = path;
    request.body = body;
    request.local_operator = true;
    return send(std::move(request));
  }
  reply look(const std::string& path) {
    http_request request;
    request.path = path;
    request.local_operator = true;
    return send(std::move(request));
  }
  bool comes_in(const header_list& headers) { return get("/finance/api/bt-pay/pending/", headers).http.status == 200; }
};

} // namespace

TEST_CASE_METHOD(fixture, "over HTTP a token of the scope admin makes an operator, and strangers see no such path") {
  const auto admin = token(static_cast<std::uint8_t>(scope::admin));
  for (const auto* path : {"/admin/sessions", "/admin/tokens"}) {
    CHECK(get(path).http.status == 404);
    CHECK(get(path, {{"cookie", "sessionid=guess"}}).http.status == 404);
    CHECK(get(path, cookie_of_ana()).http.status == 403);
    CHECK(get(path, {{"authorization", "Bearer guess"}}).http.status == 401);
    CHECK(get(path, ingest_token()).http.status == 403);
    CHECK(get(path, admin).http.status == 200);
  }
  for (const auto* path : {"/admin/users", "/admin/users/disabled", "/admin/users/password", "/admin/tokens",
                           "/admin/tokens/revoke", "/admin/sessions/close", "/admin/log-level", "/admin/drain"}) {
    CHECK(post(path, "{}").http.status == 404);
    CHECK(post(path, "{}", ingest_token()).http.status == 403);
  }
  CHECK_FALSE(drained);
  CHECK(post("/admin/users/disabled", R"({"name":"ana"})", admin).http.status == 200);
}

TEST_CASE_METHOD(fixture, "an account with the role admin is an operator by its cookie, until the role is taken") {
  const auto cookie = cookie_of_ana();
  make(account_role::admin);
  for (const auto* path : {"/admin/users", "/admin/sessions", "/admin/tokens"})
    CHECK(get(path, cookie).http.status == 200);
  CHECK(post("/admin/log-level", R"({"level":"debug"})", cookie).http.status == 200);
  CHECK(post("/api/v1/notifications", R"({"user":"ana","message":"x"})", cookie).http.status == 200);
  CHECK(operate("/admin/users/set", R"({"name":"ana","role":"member"})").http.status == 200);
  for (const auto* path : {"/admin/users", "/admin/sessions", "/admin/tokens"})
    CHECK(get(path, cookie).http.status == 403);
  CHECK(post("/admin/drain", "{}", cookie).http.status == 403);
  CHECK(post("/api/v1/notifications", R"({"user":"ana","message":"x"})", cookie).http.status == 403);
  CHECK_FALSE(drained);
  CHECK(comes_in(cookie)); // the user stays logged in
}

TEST_CASE_METHOD(fixture, "what an operator's cookie changes is refused where another site sent it") {
  make(account_role::admin);
  auto foreign = cookie_of_ana();
  foreign.insert(foreign.end(), {{"host", "pay.example"}, {"origin", "https://evil.example"}});
  auto own = cookie_of_ana();
  own.insert(own.end(), {{"host", "pay.example"}, {"origin", "http://pay.example"}});
  auto without_origin = cookie_of_ana();
  without_origin.emplace_back("sec-fetch-site", "cross-site");
  for (const auto* path : {"/admin/users", "/admin/users/set", "/admin/users/disabled", "/admin/users/password",
                           "/admin/tokens", "/admin/tokens/revoke", "/admin/sessions/close", "/admin/log-level",
                           "/admin/reload", "/admin/drain", "/api/v1/notifications"}) {
    CHECK(post(path, "{}", foreign).http.status == 403);
    CHECK(post(path, "{}", without_origin).http.status == 403);
  }
  CHECK_FALSE(drained);
  CHECK(reloads == 0);
  CHECK(post("/admin/drain", "{}", own).http.status == 202);
}

TEST_CASE_METHOD(fixture, "a token that is bound to an operator is good for its own scopes alone") {
  make(account_role::admin);
  CHECK(get("/admin/sessions", ingest_token(ana.id)).http.status == 403);
  CHECK(get("/finance/bt-pay/operator/", ingest_token(ana.id)).http.status == 403);
  auto both = cookie_of_ana();
  both.push_back(ingest_token(ana.id).front());
  CHECK(get("/admin/sessions", both).http.status == 403);
}

TEST_CASE_METHOD(fixture, "a disabled operator is none") {
  make(account_role::admin);
  const auto cookie = cookie_of_ana();
  CHECK(operate("/admin/users/disabled", R"({"name":"ana"})").http.status == 200);
  CHECK(get("/admin/sessions", cookie).http.status == 404);
}

TEST_CASE_METHOD(fixture, "accounts are listed with their roles, which are given when they are made or later") {
  CHECK(operate("/admin/users", R"({"name":"dora","zone":"Europe/Rome","role":"admin"})").http.status == 201);
  CHECK(operate("/admin/users", R"({"name":"eva","zone":"Europe/Rome","role":"root"})").http.status == 400);
  CHECK(operate("/admin/users/set", R"({"name":"bogdan","role":"admin"})").http.status == 200);
  CHECK(operate("/admin/users/set", R"({"name":"bogdan","role":7})").http.status == 400);
  CHECK(operate("/admin/users/set", R"({"name":"dora","zone":"Europe/Paris"})").http.status == 200);
  CHECK(operate("/admin/users", R"({"name":"eva"})").http.status == 201);
  const auto users = look("/admin/users").body()["users"];
  REQUIRE(users.size() == 4);
  CHECK(users[3]["zone"] == "Europe/Bucharest");
  CHECK(users[3]["home_currency"] == "RON");
  CHECK(users[0]["name"] == "ana");
  CHECK(users[0]["role"] == "member");
  CHECK(users[1]["role"] == "admin");
  CHECK(users[2]["role"] == "admin"); // what is not named stays
  CHECK(users[2]["zone"] == "Europe/Paris");
  CHECK(users[2]["disabled"] == false);
  CHECK(users[2]["home_currency"] == "RON");
}

TEST_CASE_METHOD(fixture, "the operator's page is for operators: others are told so, each in its form") {
  const std::string path = "/finance/bt-pay/operator/";
  CHECK(get(path).header("Location") == "/login?next=/finance/bt-pay/operator/");
  auto browser = cookie_of_ana();
  browser.emplace_back("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
  const auto page = get(path, browser);
  CHECK(page.http.status == 403);
  CHECK(page.http.content_type == "text/html; charset=utf-8");
  CHECK(*page.http.body == "<h1>not for you</h1>");
  browser.emplace_back("if-none-match", std::string(page.header("ETag")));
  CHECK(get(path, browser).http.status == 403);
  const auto problem = get(path, cookie_of_ana());
  CHECK(problem.http.status == 403);
  CHECK(problem.http.content_type == "application/problem+json");
  CHECK(problem.body()["error"] == "forbidden");
  make(account_role::admin);
  CHECK(*get(path, cookie_of_ana()).http.body == "<h1>operator</h1>");
}

TEST_CASE_METHOD(fixture, "a user is told the own account") {
  const std::string path = "/finance/api/bt-pay/account/";
  CHECK(get(path).http.status == 401);
  CHECK(get(path, cookie_of_ana()).body() ==
        nlohmann::json{{"name", "ana"}, {"zone", "Europe/Bucharest"}, {"home_currency", "RON"}, {"role", "member"}});
  make(account_role::admin);
  CHECK(get(path, cookie_of_ana()).body()["role"] == "admin");
}

TEST_CASE_METHOD(fixture, "metrics are for this machine, unless a proxy is between; else for tokens and operators") {
  const auto read = [this](const char* peer, bool forwarded, const header_list& headers = {}) {
    http_request request;
    request.path = "/metrics";
    request.peer = peer;
    request.forwarded = forwarded;
    request.headers = headers;
    return send(std::move(request));
  };
  for (const auto* peer : {"127.0.0.1", "127.8.8.8", "::1"}) {
    CHECK(read(peer, false).http.status == 200);
    CHECK(read(peer, true).http.status == 403);
  }
  for (const auto* peer : {"192.0.2.7", "2001:db8::", "10.0.0.1", "", "128.0.0.1"}) {
    const auto refused = read(peer, false);
    CHECK(refused.http.status == 403);
    CHECK(refused.http.content_type == "application/problem+json");
    CHECK(refused.body()["detail"].get<std::string>().find("--scope metrics") != std::string::npos);
  }
  CHECK(read("192.0.2.7", false, token(static_cast<std::uint8_t>(scope::metrics))).http.status == 200);
  CHECK(read("192.0.2.7", true, token(static_cast<std::uint8_t>(scope::admin))).http.status == 200);
  CHECK(read("192.0.2.7", false, ingest_token()).http.status == 403);
  CHECK(read("192.0.2.7", false, {{"authorization", "Bearer guess"}}).http.status == 403);
  CHECK(read("192.0.2.7", false, cookie_of_ana()).http.status == 403);
  make(account_role::admin);
  CHECK(read("192.0.2.7", false, cookie_of_ana()).http.status == 200);
  CHECK(get("/admin/sessions", token(static_cast<std::uint8_t>(scope::metrics))).http.status == 403);
  CHECK(look("/metrics").http.status == 200);
}

TEST_CASE("metrics are for everybody where they are made public") {
  routes_fixture open([](routes_services& services) { services.public_metrics = true; });
  http_request request;
  request.path = "/metrics";
  request.peer = "192.0.2.7";
  CHECK(open.send(std::move(request)).http.status == 200);
}

TEST_CASE_METHOD(fixture, "a disabled user is out at once, by every way in, until enabled again") {
  const auto cookie = cookie_of_ana();
  const auto own = ingest_token(ana.id);
  CHECK(operate("/admin/users/disabled", R"({"name":"ana","disabled":true})").http.status == 200);
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].user == ana.id);
  CHECK(revoked[0].credential == 0);
  CHECK_FALSE(comes_in(cookie));
  CHECK_FALSE(comes_in(own));
  CHECK(post("/api/v1/transactions", row("a"), own).http.status == 401);
  CHECK(post("/login", R"({"username":"ana","password":"parola-anei"})", {{"content-type", "application/json"}})
            .http.status == 401);
  CHECK(operate("/admin/users/disabled", R"({"name":"ana","disabled":false})").http.status == 200);
  CHECK_FALSE(comes_in(cookie)); // the session has ended
  CHECK(comes_in(own));
  CHECK(operate("/admin/users/disabled", R"({"name":"nobody"})").http.status == 404);
  CHECK(operate("/admin/users/disabled", "oops").http.status == 404);
}

TEST_CASE_METHOD(fixture, "sessions are listed without telling what opens them, and closed one by one or all") {
  const auto first = cookie_of_ana();
  const auto second = cookie_of_ana();
  const auto listed = look("/admin/sessions");
  REQUIRE(listed.body()["log_ins"].size() == 2);
  CHECK(listed.body()["log_ins"][0]["user"] == "ana");
  const auto text = *listed.http.body;
  for (const auto& cookie : {first, second})
    CHECK(text.find(cookie[0].second.substr(cookie[0].second.rfind('=') + 1)) == std::string::npos);
  const auto secret = first[0].second.substr(first[0].second.rfind('=') + 1);
  const auto id = id_text(id_of_secret(secret));
  CHECK(operate("/admin/sessions/close", R"({"id":")" + id + "\"}").http.status == 200);
  CHECK_FALSE(comes_in(first));
  CHECK(comes_in(second));
  CHECK(operate("/admin/sessions/close", R"({"id":")" + id + "\"}").http.status == 404);
  CHECK(operate("/admin/sessions/close", R"({"id":"xyz"})").http.status == 400);
  CHECK(operate("/admin/sessions/close", R"({"user":"ana"})").http.status == 200);
  CHECK_FALSE(comes_in(second));
  REQUIRE(revoked.size() == 2);
  CHECK(revoked[0].credential == id_of_secret(secret));
  CHECK(revoked[1].credential == 0);
}

TEST_CASE_METHOD(fixture, "a changed password ends what the old one opened") {
  const auto cookie = cookie_of_ana();
  CHECK(operate("/admin/users/password", R"({"name":"ana","password":"alta parola"})").http.status == 200);
  CHECK_FALSE(comes_in(cookie));
  REQUIRE(revoked.size() == 1);
  CHECK(post("/login", R"({"username":"ana","password":"alta parola"})", {{"content-type", "application/json"}})
            .http.status == 200);
  CHECK(operate("/admin/users/password", R"({"name":"nobody","password":"x"})").http.status == 404);
}

TEST_CASE_METHOD(fixture, "tokens are made for a time, and listed by id, scopes and user") {
  CHECK(operate("/admin/tokens", R"({"scopes":["ingest"],"user":"ana","expires_in":3600})").http.status == 201);
  CHECK(operate("/admin/tokens", R"({"scopes":["ingest","admin"]})").http.status == 201);
  for (const auto* wrong : {"0", "-1", "\"1d\"", "1.5", "99999999999999"})
    CHECK(operate("/admin/tokens", R"({"scopes":["ingest"],"expires_in":)" + std::string(wrong) + "}").http.status ==
          400);
  const auto tokens = look("/admin/tokens").body()["tokens"];
  REQUIRE(tokens.size() == 2);
  for (const auto& one : tokens) {
    CHECK(one["id"].get<std::string>().size() == 16);
    const bool bound = one["user"] == "ana";
    CHECK(one["expires"].is_null() != bound);
    CHECK(one["scopes"].size() == (bound ? 1 : 2));
  }
}

TEST_CASE_METHOD(fixture, "the log level and the end of the service are an operator's") {
  CHECK(operate("/admin/log-level", R"({"level":"debug"})").http.status == 200);
  CHECK(operate("/admin/log-level", R"({"level":"everything"})").http.status == 400);
  CHECK(operate("/admin/drain").http.status == 202);
  CHECK(drained);
}

} // namespace btpay
