#include "actors/routes.hpp"

#include "actors/authenticator.hpp"
#include "actors/http_answers.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

namespace btpay {

namespace {

using namespace testing;
using nlohmann::json;

/// Remembers how a request was answered.
class fake_exchange final : public http_exchange {
public:
  void respond(http_response response) override { answer = std::move(response); }
  void accept_websocket(session_grant grant) override { granted = std::move(grant); }

  std::optional<http_response> answer;
  std::optional<session_grant> granted;
};

struct reply {
  http_response http;
  std::optional<session_grant> granted;

  std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : http.headers)
      if (key == name)
        return value;
    return {};
  }
  json body() const { return http.body ? json::parse(*http.body) : json(); }
};

struct fixture : service_fixture {
  fixture() {
    REQUIRE(accounts->set_password("ana", "parola-anei"));
    std::filesystem::create_directory(directory.path() / "web");
    std::ofstream(directory.path() / "web" / "dashboard.html") << "<h1>dashboard</h1>";
    std::ofstream(directory.path() / "web" / "login.html") << "<h1>login</h1>";
    routes_services services;
    services.actors = actors;
    services.accounts = accounts;
    services.time = time;
    services.authenticator = own(system.spawn<authenticator>(accounts, time, std::chrono::hours{1}));
    services.admin = own(system.spawn<btpay::admin>(accounts, actors));
    services.pages = *web_assets::load({directory.path() / "web"});
    services.metrics = [] { return std::string("btpay_up 1\n"); };
    services.ready = [] { return true; };
    services.reload = [this]() -> result<void> {
      ++reloads;
      return rules_wrong ? result<void>(refuse(errc::malformed, "rules.json: categories[3].words[7]: not a string"))
                         : result<void>();
    };
    services.epoch = wire_epoch(log->epoch());
    services.ingestion_rows_max = 3;
    routes = spawn_pinned<btpay::routes>(std::make_shared<const routes_services>(std::move(services)));
  }

  reply send(http_request request) {
    const auto exchange = std::make_shared<fake_exchange>();
    caf::anon_send(routes, http_request_received{std::move(request), exchange});
    run();
    REQUIRE((exchange->answer || exchange->granted));
    return {exchange->answer.value_or(http_response{}), exchange->granted};
  }

  using header_list = std::vector<std::pair<std::string, std::string>>;

  reply get(std::string path, header_list headers = {}) {
    http_request request;
    request.path = std::move(path);
    request.headers = std::move(headers);
    return send(std::move(request));
  }

  reply post(std::string path, std::string body, header_list headers = {}) {
    http_request request;
    request.method = http_method::post;
    request.path = std::move(path);
    request.body = std::move(body);
    request.headers = std::move(headers);
    return send(std::move(request));
  }

  reply upgrade(std::string path, header_list headers) {
    http_request request;
    request.path = std::move(path);
    request.headers = std::move(headers);
    request.upgrade = true;
    return send(std::move(request));
  }

  /// A request over the admin socket.
  reply order(std::string path, std::string body) {
    http_request request;
    request.method = http_method::post;
    request.path = std::move(path);
    request.body = std::move(body);
    request.local_operator = true;
    return send(std::move(request));
  }

  /// The list of ana's transactions, by a query.
  reply list(const std::string& query) {
    http_request request;
    request.path = "/finance/api/bt-pay/transactions/";
    request.query = query.substr(1);
    request.headers = cookie_of_ana();
    return send(std::move(request));
  }

  header_list cookie_of_ana() {
    return {
        {"cookie", "theme=dark; sessionid=" + *accounts->open_session(ana.id, time->now() + std::chrono::hours{1})}};
  }
  header_list token(std::uint8_t scopes, std::optional<user_id> user = {}) {
    return {{"authorization", "Bearer " + *accounts->create_token(scopes, user)}};
  }
  header_list ingest_token(std::optional<user_id> user = {}) {
    return token(static_cast<std::uint8_t>(scope::ingest), user);
  }

  static std::string row(const std::string& id, const std::string& more = "") {
    return R"({"external_id":")" + id +
           R"(","source":"bank","date":"2026-02-04T12:30:00Z","amount":"-12.30","currency":"RON","description":"BT Pay - Lidl")" +
           more + "}";
  }

  int reloads = 0;
  bool rules_wrong = false;
  routes_actor routes;
};

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

TEST_CASE_METHOD(fixture, "a user's transactions are listed over HTTP") {
  auto salary = payment("b", "3000.00", noon, "Salary");
  import(ana, {payment("a", "-12.30"), salary});
  const auto page = get("/finance/api/bt-pay/transactions/", cookie_of_ana());
  REQUIRE(page.http.status == 200);
  REQUIRE(page.body()["count"] == 2);
  CHECK(page.body()["transactions"][0]["amount"] == -12.30);
  CHECK(page.body()["transactions"][1]["amount"] == 3000.0);
  CHECK(list("?limit=1").body()["next"] == page.body()["transactions"][0]["id"]);
  CHECK(list("?limit=1&after=" + list("?limit=1").body()["next"].dump()).body()["transactions"][0]["amount"] == 3000.0);
  CHECK(list("?limit=0").body()["count"] == 0);
  CHECK(list("?minutes=-1").body()["count"] == 0);
  CHECK(list("?days=1&merchant=Lidl").body()["count"] == 1);
  CHECK(get("/finance/api/bt-pay/transactions/").http.status == 401);
}

TEST_CASE_METHOD(fixture, "bad parameters of a list are refused with their name") {
  for (const std::string query :
       {"minutes=x", "minutes=", "minutes=1.5", "minutes=99999999999999999999", "limit=-1", "limit=1001", "limit=ten",
        "days=0", "days=-3", "days=40000", "after=0", "after=-1", "limit=%00", "days=1e3"}) {
    const auto refused = list("?" + query);
    CHECK(refused.http.status == 400);
    CHECK(refused.body()["error"] == "invalid_value");
    CHECK(refused.body()["message"].get<std::string>().find(query.substr(0, query.find('='))) != std::string::npos);
  }
}

TEST_CASE_METHOD(fixture, "stats and the review list are answered over HTTP") {
  import(ana, {payment("a", "-12.30")});
  CHECK(get("/finance/api/bt-pay/stats/", cookie_of_ana()).body().contains("this_month"));
  CHECK(get("/finance/api/bt-pay/review/", cookie_of_ana()).body() == json::array());
  CHECK(get("/finance/api/bt-pay/stats/").http.status == 401);
  CHECK(get("/finance/api/bt-pay/review/").http.status == 401);
}

TEST_CASE_METHOD(fixture, "commands may be posted, and are answered as on a socket") {
  import(ana, {payment("a", "-12.30")});
  const auto say = [this](const std::string& text, header_list more = {}) {
    auto headers = cookie_of_ana();
    headers.insert(headers.end(), more.begin(), more.end());
    return post("/finance/api/bt-pay/command/", text, headers);
  };
  const auto pong = say(R"({"command":"ping","ref":"r1"})");
  CHECK(pong.http.status == 200);
  CHECK(pong.body()["type"] == "pong");
  CHECK(pong.body()["ref"] == "r1");
  CHECK(say(R"({"command":"request_data","ref":"r2"})").body()["type"] == "dashboard_update");
  CHECK(say(R"({"command":"request_data","ref":"r2"})").body()["ref"] == "r2");
  CHECK(say(R"({"command":"request_review"})").body()["type"] == "review_update");
  CHECK(say(R"({"command":"auto_categorize"})").body()["categorized"] == 1);
  const auto wrong = say(R"({"command":"categorize","ref":"r3"})");
  CHECK(wrong.http.status == 400);
  CHECK(wrong.body()["type"] == "error");
  CHECK(wrong.body()["code"] == "missing_field");
  CHECK(wrong.body()["ref"] == "r3");
  CHECK(say("{").http.status == 400);
  CHECK(say(R"({"command":"ping"})", {{"origin", "https://evil.example"}, {"host", "btpay.example"}}).http.status ==
        403);
  CHECK(post("/finance/api/bt-pay/command/", R"({"command":"ping"})").http.status == 401);
  CHECK(get("/finance/api/bt-pay/command/", cookie_of_ana()).http.status == 405);
}

TEST_CASE_METHOD(fixture, "an operator changes a user's zone and currency, and the views follow") {
  auto late = payment("a", "-5.00", at("2026-02-03T21:30:00Z"));
  late.status = transaction_status::synced;
  import(ana, {late});
  const auto socket = std::make_shared<fake_connection>();
  open(session_kind::live, ana, socket);
  run();
  const auto today = [&] { return json::parse(socket->sent.at(0).text)["data"]["today_amount"]; };
  CHECK(today() == 0.0); // Yesterday in Bucharest …
  socket->sent.clear();
  CHECK(order("/admin/users/set", R"({"name":"ana","zone":"Europe/Istanbul"})").http.status == 200);
  CHECK(accounts->find_user("ana")->zone == "Europe/Istanbul");
  CHECK(today() == 5.0); // … and today one hour further east.
  socket->sent.clear();
  CHECK(order("/admin/users/set", R"({"name":"ana","home_currency":"EUR"})").http.status == 200);
  CHECK(today() == 0.0);
  CHECK(accounts->find_user("ana")->home.code() == "EUR");
  CHECK(accounts->find_user("ana")->zone == "Europe/Istanbul");
  CHECK(order("/admin/users/set", R"({"name":"ana","zone":"Mars/Phobos"})").http.status == 400);
  CHECK(order("/admin/users/set", R"({"name":"ana","home_currency":"XXQ"})").http.status == 400);
  CHECK(order("/admin/users/set", R"({"name":"nobody","zone":"Europe/Rome"})").http.status == 404);
  CHECK(post("/admin/users/set", "{}").http.status == 404);
}

TEST_CASE_METHOD(fixture, "an operator reloads the rules and is told what is wrong with them") {
  CHECK(order("/admin/reload", "{}").http.status == 200);
  rules_wrong = true;
  const auto refused = order("/admin/reload", "{}");
  CHECK(refused.http.status == 400);
  CHECK(refused.body()["message"].get<std::string>().find("categories[3].words[7]") != std::string::npos);
  CHECK(reloads == 2);
  CHECK(post("/admin/reload", "{}").http.status == 404);
}

TEST_CASE_METHOD(fixture, "what a source withdraws is counted in the answer") {
  CHECK(post("/api/v1/transactions", row("x"), ingest_token(ana.id)).body()["withdrawn"] == 0);
}

} // namespace btpay
