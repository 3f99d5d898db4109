#include "actors/routes.hpp"

#include "actors/http_answers.hpp"
#include "tests/actors/routes_fixture.hpp"

namespace btpay {

namespace {

using namespace testing;
struct fixture : routes_fixture {};

} // namespace

TEST_CASE_METHOD(fixture, "a log-in gives a cookie that opens the pages and the sockets") {
  const auto in =
      post("/login", R"({"username":"ana","password":"parola-anei"})", {{"content-type", "application/json"}});
  CHECK(in.http.status == 200);
  CHECK(in.body()["user"] == "ana");
  const std::string set(in.header("Set-Cookie"));
  CHECK(set.find("HttpOnly") != std::string::npos);
  const header_list headers{{"cookie", set.substr(0, set.find(';'))}};
  CHECK(get("/finance/bt-pay/", headers).http.status == 200);
  const auto socket = upgrade("/ws/btpay/live/", headers);
  REQUIRE(socket.granted);
  CHECK(socket.granted->who.name == "ana");
  CHECK(post("/logout", "", headers).http.status == 303);
  CHECK(get("/finance/bt-pay/", headers).http.status == 303);
}

TEST_CASE_METHOD(fixture, "a form log-in leads on to where it was asked from, on this service alone") {
  const auto log_in = [this](const std::string& password, const std::string& next) {
    return post("/login", "username=ana&password=" + password + "&next=" + next,
                {{"content-type", "application/x-www-form-urlencoded"}});
  };
  CHECK(log_in("parola-anei", "%2Ffinance%2Fbt-pay%2Flive%2F").header("Location") == "/finance/bt-pay/live/");
  CHECK(log_in("parola-anei", "https%3A%2F%2Fevil.example").header("Location") == "/finance/bt-pay/");
  CHECK(log_in("parola-anei", "%2F%2Fevil.example").header("Location") == "/finance/bt-pay/");
  const auto wrong = log_in("guess", "%2F");
  CHECK(wrong.http.status == 303);
  CHECK(wrong.header("Location").starts_with("/login?error=1"));
  CHECK(wrong.header("Set-Cookie").empty());
}

TEST_CASE_METHOD(fixture, "who is not logged in gets no page, no view and no socket") {
  CHECK(get("/finance/bt-pay/").header("Location") == "/login?next=/finance/bt-pay/");
  CHECK(get("/finance/api/bt-pay/dashboard/").http.status == 401);
  CHECK(upgrade("/ws/btpay/live/", {}).http.status == 403);
  CHECK(upgrade("/ws/btpay/notify/", {{"cookie", "sessionid=guess"}}).http.status == 403);
  CHECK(post("/login", R"({"username":"ana","password":"no"})", {{"content-type", "application/json"}}).http.status ==
        401);
  auto foreign = cookie_of_ana();
  foreign.emplace_back("host", "pay.example");
  foreign.emplace_back("origin", "https://evil.example");
  CHECK(upgrade("/ws/btpay/live/", foreign).http.status == 403);
  foreign.back().second = "https://pay.example";
  CHECK(upgrade("/ws/btpay/live/", foreign).granted);
}

TEST_CASE_METHOD(fixture, "unknown paths are 404, wrong methods 405 with what is allowed") {
  CHECK(get("/nothing").http.status == 404);
  CHECK(get("/admin/users").http.status == 404);
  const auto wrong = get("/api/v1/transactions");
  CHECK(wrong.http.status == 405);
  CHECK(wrong.header("Allow") == "POST");
  CHECK(post("/login/x", "").http.status == 404);
  CHECK(post("/healthz", "").header("Allow") == "GET, HEAD");
  CHECK(get("/ws/btpay/live/", cookie_of_ana()).http.status == 426);
}

TEST_CASE_METHOD(fixture, "ingestion counts each row's fate and names the bad ones") {
  const auto headers = ingest_token();
  const auto first = post("/api/v1/transactions",
                          "{\"transactions\":[" + row("a", R"(,"user":"ana")") + "," + row("b", R"(,"user":"nobody")") +
                              "," + row("c", R"(,"user":"bogdan")") + "]}",
                          headers);
  CHECK(first.http.status == 200);
  CHECK(first.body()["accepted"] == 2);
  REQUIRE(first.body()["rejected"].size() == 1);
  CHECK(first.body()["rejected"][0]["index"] == 1);
  CHECK(first.body()["rejected"][0]["code"] == "unknown_user");
  CHECK(first.body()["seq"] == raw(log->head()));
  const auto again = post("/api/v1/transactions", row("a", R"(,"user":"ana")"), headers);
  CHECK(again.body()["accepted"] == 0);
  CHECK(again.body()["duplicates"] == 1);
  const auto other = post("/api/v1/transactions", row("a", R"(,"user":"ana","merchant":"Lidl Cluj")"), headers);
  CHECK(other.body()["corrected"] == 1);
}

TEST_CASE_METHOD(fixture, "ingestion needs a token of its scope, and a user's own token is for that user") {
  CHECK(post("/api/v1/transactions", row("a")).http.status == 401);
  CHECK(post("/api/v1/transactions", row("a"), {{"authorization", "Bearer guess"}}).http.status == 401);
  CHECK(post("/api/v1/transactions", row("a"), token(static_cast<std::uint8_t>(scope::admin))).http.status == 403);
  CHECK(post("/api/v1/transactions", row("a"), cookie_of_ana()).http.status == 401);
  const auto own = ingest_token(ana.id);
  CHECK(post("/api/v1/transactions", row("a"), own).body()["accepted"] == 1);
  CHECK(post("/api/v1/transactions", row("b", R"(,"user":"bogdan")"), own).body()["rejected"][0]["code"] ==
        "forbidden");
  CHECK(post("/api/v1/transactions", row("a"), ingest_token()).body()["rejected"][0]["code"] == "missing_field");
}

TEST_CASE_METHOD(fixture, "a request that cannot be read stores nothing") {
  const auto headers = ingest_token(ana.id);
  CHECK(post("/api/v1/transactions", "{oops", headers).http.status == 400);
  CHECK(post("/api/v1/transactions", "[" + row("a") + "," + row("b") + "," + row("c") + "," + row("d") + "]", headers)
            .http.status == 413);
  CHECK(log->head() == log_start);
}

TEST_CASE_METHOD(fixture, "views and auto-categorising are served over HTTP too") {
  post("/api/v1/transactions", row("a"), ingest_token(ana.id));
  const auto headers = cookie_of_ana();
  CHECK(get("/api/bt-pay/dashboard/", headers).body()["pending_count"] == 1);
  CHECK(get("/finance/api/bt-pay/pending/", headers).body().size() == 1);
  CHECK(get("/finance/api/bt-pay/hourly/", headers).body().size() == 24);
  CHECK(get("/finance/api/bt-pay/categories/", headers).body().is_object());
  const auto done = post("/finance/bt-pay/auto-categorize/", "", headers);
  CHECK(done.body()["success"] == true);
  CHECK(done.body()["categorized"] == 1);
  CHECK(get("/api/bt-pay/dashboard/", headers).body()["pending_count"] == 0);
}

TEST_CASE_METHOD(fixture, "an operator on the admin socket makes users and tokens") {
  http_request request;
  request.method = http_method::post;
  request.path = "/admin/users";
  request.local_operator = true;
  request.body = R"({"name":"carmen","password":"parola","zone":"Europe/London","home_currency":"GBP"})";
  CHECK(send(request).http.status == 201);
  CHECK(send(request).http.status == 409);
  CHECK(accounts->find_user("carmen")->home.code() == "GBP");
  request.path = "/admin/tokens";
  request.body = R"({"scopes":["ingest"],"user":"carmen"})";
  const auto made = send(request);
  CHECK(made.http.status == 201);
  const std::string text = made.body()["token"];
  CHECK(post("/api/v1/transactions", row("a"), {{"authorization", "Bearer " + text}}).body()["accepted"] == 1);
}

TEST_CASE_METHOD(fixture, "a notification is posted with an admin token only") {
  const auto body = R"({"user":"ana","message":"hello"})";
  CHECK(post("/api/v1/notifications", body).http.status == 401);
  CHECK(post("/api/v1/notifications", body, ingest_token()).http.status == 403);
  const auto done = post("/api/v1/notifications", body, token(static_cast<std::uint8_t>(scope::admin)));
  CHECK(done.http.status == 200);
  CHECK(done.body()["notified"] == 1);
}

TEST_CASE("forms and cookies are decoded, and paths encoded") {
  CHECK(form_field("a=1&b=x%20y+z&c", "b") == "x y z");
  CHECK(form_field("a=1&c", "c") == "");
  CHECK_FALSE(form_field("a=1", "b"));
  CHECK(form_field("a=%zz%4", "a") == "%zz%4");
  CHECK(percent_encoded("/a b?ț") == "/a%20b%3F%C8%9B");
  http_request request;
  request.headers = {{"cookie", "xsessionid=1; sessionid=abc;other=2"}};
  CHECK(cookie(request, "sessionid") == "abc");
  CHECK(cookie(request, "session").empty());
}

} // namespace btpay
