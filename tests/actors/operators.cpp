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

TEST_CASE_METHOD(fixture, "over HTTP an operator needs a token of the scope admin, and strangers see no such path") {
  const auto admin = token(static_cast<std::uint8_t>(scope::admin));
  for (const auto* path : {"/admin/sessions", "/admin/tokens"}) {
    CHECK(get(path).http.status == 404);
    CHECK(get(path, cookie_of_ana()).http.status == 404);
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
