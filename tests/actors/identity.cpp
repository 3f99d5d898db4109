/// Who comes in, by what, and for how long.

#include "actors/http_answers.hpp"
#include "storage/credentials.hpp"
#include "tests/actors/jwt_maker.hpp"
#include "tests/actors/routes_fixture.hpp"

namespace btpay {

namespace {

using namespace testing;
using namespace std::chrono_literals;
using header_list = routes_fixture::header_list;

const header_list json_body{{"content-type", "application/json"}};

/// The cookie of a log-in, or empty.
std::string cookie_of(const reply& answer) {
  const std::string set(answer.header("Set-Cookie"));
  return set.substr(0, set.find(';'));
}

reply log_in(routes_fixture& service, const std::string& password, header_list headers = json_body) {
  return service.post("/login", R"({"username":"ana","password":")" + password + "\"}", std::move(headers));
}

/// An application that has the log-in: it knows cookies.
struct application {
  std::map<std::string, std::string> names; ///< by the Cookie header
  int questions = 0;
  bool answers = true;
  std::vector<std::function<void()>> waiting;

  auto asker() {
    return [this](const std::string& cookies, const std::string&, std::function<void(result<std::string>)> then) {
      ++questions;
      waiting.push_back([this, cookies, then = std::move(then)] {
        const auto found = names.find(cookies);
        if (!answers)
          return then(refuse(errc::overloaded, "the application does not answer"));
        found == names.end() ? then(refuse(errc::unauthenticated, "nobody")) : then(found->second);
      });
    };
  }
  void answer() {
    for (auto& one : std::exchange(waiting, {}))
      one();
  }
};

struct with_application : routes_fixture {
  with_application() : with_application(false) {}
  explicit with_application(bool create)
      : routes_fixture([this, create](routes_services& services) {
          services.ask_application = app.asker();
          services.create_users = create;
          services.login_url = "/accounts/login/";
        }) {}

  /// As `get`, with the application's answer in between.
  reply ask(const std::string& path, const std::string& cookies, bool upgrade = false) {
    http_request request;
    request.path = path;
    request.upgrade = upgrade;
    request.headers = {{"cookie", cookies}};
    const auto exchange = std::make_shared<fake_exchange>();
    caf::anon_send(routes, http_request_received{std::move(request), exchange});
    run();
    app.answer();
    run();
    REQUIRE((exchange->answer || exchange->granted));
    return {exchange->answer.value_or(http_response{}), exchange->granted};
  }

  application app;
};

struct with_new_users : with_application {
  with_new_users() : with_application(true) {}
};

} // namespace

TEST_CASE_METHOD(routes_fixture, "a log-in makes a new session, and what the browser had before is worth nothing") {
  const auto first = cookie_of(log_in(*this, "parola-anei"));
  auto headers = json_body;
  headers.emplace_back("cookie", first);
  const auto second = cookie_of(log_in(*this, "parola-anei", headers));
  CHECK(first != second);
  CHECK(get("/finance/api/bt-pay/dashboard/", {{"cookie", first}}).http.status == 401);
  CHECK(get("/finance/api/bt-pay/dashboard/", {{"cookie", second}}).http.status == 200);
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].user == ana.id);
  CHECK(revoked[0].credential != 0);
}

TEST_CASE_METHOD(routes_fixture, "a socket is opened by a session, as long as that is good") {
  const auto socket = upgrade("/ws/btpay/live/", cookie_of_ana());
  REQUIRE(socket.granted);
  CHECK(socket.granted->credential != 0);
  CHECK(socket.granted->valid_time == 1h);
  const auto cookie = cookie_of_ana();
  time->advance(1h);
  CHECK(upgrade("/ws/btpay/live/", cookie).http.status == 403);
}

TEST_CASE_METHOD(routes_fixture, "logging out ends that session and its sockets, or everything of the user") {
  const auto one = cookie_of_ana();
  const auto other = cookie_of_ana();
  CHECK(post("/logout", "", one).http.status == 303);
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].credential != 0);
  CHECK(get("/finance/api/bt-pay/pending/", one).http.status == 401);
  CHECK(get("/finance/api/bt-pay/pending/", other).http.status == 200);
  http_request everywhere;
  everywhere.method = http_method::post;
  everywhere.path = "/logout";
  everywhere.query = "everywhere";
  everywhere.headers = other;
  const auto third = cookie_of_ana();
  CHECK(send(everywhere).http.status == 303);
  CHECK(get("/finance/api/bt-pay/pending/", third).http.status == 401);
  REQUIRE(revoked.size() == 2);
  CHECK(revoked[1].user == ana.id);
  CHECK(revoked[1].credential == 0);
}

TEST_CASE_METHOD(routes_fixture, "under TLS the cookie is for TLS alone, and pages say so") {
  http_request request;
  request.method = http_method::post;
  request.path = "/login";
  request.secure = true;
  request.headers = json_body;
  request.body = R"({"username":"ana","password":"parola-anei"})";
  const auto in = send(request);
  CHECK(in.header("Set-Cookie").ends_with("; Secure"));
  CHECK(in.header("Set-Cookie").find("HttpOnly; SameSite=Lax") != std::string_view::npos);
  CHECK(log_in(*this, "parola-anei").header("Set-Cookie").find("Secure") == std::string_view::npos);
  http_request page;
  page.path = "/login";
  page.secure = true;
  CHECK_FALSE(send(page).header("Strict-Transport-Security").empty());
}

TEST_CASE_METHOD(routes_fixture, "pages come with a policy that lets nothing foreign in") {
  const auto page = get("/login");
  const std::string policy(page.header("Content-Security-Policy"));
  CHECK(policy.starts_with("default-src 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
  CHECK(page.header("X-Content-Type-Options") == "nosniff");
  CHECK(page.header("X-Frame-Options") == "DENY");
  CHECK(page.header("Referrer-Policy") == "same-origin");
}

TEST_CASE_METHOD(routes_fixture, "wrong passwords cost time: 429, by the name, and not for who knows another one") {
  for (unsigned i = 0; i < login_limits{}.name_attempts_free; ++i)
    REQUIRE(log_in(*this, "guess").http.status == 401);
  const auto refused = log_in(*this, "parola-anei"); // right, but not now
  CHECK(refused.http.status == 429);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(post("/login", R"({"username":"bogdan","password":"guess"})", json_body).http.status == 401);
  time->advance(1s);
  CHECK(log_in(*this, "parola-anei").http.status == 200);
  CHECK(log_in(*this, "guess").http.status == 401);
}

TEST_CASE("what changes something is taken from this site and from those allowed, by all that a browser says") {
  routes_fixture service([](routes_services& services) { services.allowed_origins = {"https://app.example"}; });
  const auto posted = [&](header_list more) {
    auto headers = service.cookie_of_ana();
    headers.emplace_back("host", "pay.example");
    headers.insert(headers.end(), more.begin(), more.end());
    const auto status = service.post("/finance/bt-pay/auto-categorize/", "", headers).http.status;
    CHECK(service.upgrade("/ws/btpay/live/", headers).granted.has_value() == (status == 200));
    return status;
  };
  CHECK(posted({}) == 200); // a program
  CHECK(posted({{"origin", "https://pay.example"}}) == 200);
  CHECK(posted({{"origin", "https://app.example"}, {"sec-fetch-site", "cross-site"}}) == 200);
  CHECK(posted({{"sec-fetch-site", "same-origin"}}) == 200);
  CHECK(posted({{"sec-fetch-site", "none"}}) == 200);
  CHECK(posted({{"sec-fetch-site", "cross-site"}}) == 403);
  CHECK(posted({{"sec-fetch-site", "same-site"}}) == 403);
  for (const auto* origin :
       {"null", "https://evil.example", "https://pay.example.evil.example", "https://pay.example:444",
        "https://evil.example/https://pay.example", "pay.example", "https://", "file://"})
    CHECK(posted({{"origin", origin}}) == 403);
  // Log-in and log-out too: to be logged in as somebody else is a harm.
  CHECK(service.post("/login", "username=ana&password=parola-anei", {{"origin", "https://evil.example"}}).http.status ==
        403);
  auto out = service.cookie_of_ana();
  out.emplace_back("origin", "https://evil.example");
  CHECK(service.post("/logout", "", out).http.status == 403);
  // What a browser does not send by itself needs no such care.
  auto feed = service.ingest_token(service.ana.id);
  feed.emplace_back("origin", "https://evil.example");
  CHECK(service.post("/api/v1/transactions", routes_fixture::row("a"), feed).http.status == 200);
}

TEST_CASE("where the service has names, it answers to no other") {
  routes_fixture service([](routes_services& services) { services.allowed_hosts = {"pay.example", "::1"}; });
  CHECK(service.get("/healthz", {{"host", "pay.example"}}).http.status == 200);
  CHECK(service.get("/healthz", {{"host", "pay.example:8443"}}).http.status == 200);
  CHECK(service.get("/healthz", {{"host", "rebound.example"}}).http.status == 421);
  CHECK(service.get("/healthz").http.status == 421);
  auto socket = service.cookie_of_ana();
  socket.emplace_back("host", "rebound.example");
  CHECK(service.upgrade("/ws/btpay/live/", socket).http.status == 421);
  http_request local;
  local.path = "/admin/sessions";
  local.local_operator = true;
  CHECK(service.send(local).http.status == 200);
}

TEST_CASE("the echo is there when it was asked for, for this machine alone") {
  const auto asked = [](bool test_echo, const std::string& peer, bool upgrade) {
    routes_fixture service([test_echo](routes_services& services) { services.test_echo = test_echo; });
    http_request request;
    request.path = "/ws/echo";
    request.peer = peer;
    request.upgrade = upgrade;
    return service.send(request);
  };
  CHECK(asked(true, "127.0.0.1", true).granted->kind == session_kind::echo);
  CHECK(asked(true, "::1", true).granted);
  CHECK(asked(true, "127.0.0.1", false).http.status == 426);
  CHECK(asked(true, "192.0.2.1", true).http.status == 404);
  CHECK(asked(true, "192.0.2.1", false).http.status == 404);
  CHECK(asked(false, "127.0.0.1", true).http.status == 404);
  CHECK(asked(false, "127.0.0.1", false).http.status == 404);
}

TEST_CASE("a JSON Web Token stands for its subject until it expires") {
  const auto maker = jwt_maker::hs256(std::string(32, 's'));
  routes_fixture service([&](routes_services& services) {
    services.jwt = std::make_shared<const jwt_verifier>(*jwt_verifier::make(maker.jwk(), {}));
    services.jwt_cookie = "app_token";
  });
  const auto exp = std::chrono::floor<std::chrono::seconds>(service.time->now()).time_since_epoch().count() + 60;
  const auto token = [&](const std::string& name) {
    return maker.sign(R"({"sub":")" + name + R"(","exp":)" + std::to_string(exp) + "}");
  };
  const header_list as_bearer{{"authorization", "Bearer " + token("ana")}};
  const header_list as_cookie{{"cookie", "app_token=" + token("ana")}};
  CHECK(service.get("/finance/api/bt-pay/dashboard/", as_bearer).http.status == 200);
  CHECK(service.get("/finance/api/bt-pay/dashboard/", as_cookie).http.status == 200);
  const auto socket = service.upgrade("/ws/btpay/live/", as_cookie);
  REQUIRE(socket.granted);
  CHECK(socket.granted->who.name == "ana");
  CHECK(socket.granted->valid_time <= 60s);
  // It says who, not what one may do.
  CHECK(service.post("/api/v1/transactions", routes_fixture::row("a"), as_bearer).http.status == 401);
  CHECK(service.get("/admin/sessions", as_bearer).http.status == 403);
  CHECK(service.get("/finance/api/bt-pay/dashboard/", {{"authorization", "Bearer " + token("nobody")}}).http.status ==
        404);
  CHECK_FALSE(service.accounts->find_user("nobody"));
  REQUIRE(service.accounts->set_disabled("ana", true));
  CHECK(service.get("/finance/api/bt-pay/dashboard/", as_bearer).http.status == 401);
  REQUIRE(service.accounts->set_disabled("ana", false));
  service.time->advance(61s);
  CHECK(service.get("/finance/api/bt-pay/dashboard/", as_bearer).http.status == 401);
}

TEST_CASE_METHOD(with_application,
                 "whom the application knows by its cookies comes in, and it is not asked each time") {
  app.names["sessionid=django"] = "ana";
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=django").http.status == 200);
  CHECK(ask("/ws/btpay/live/", "sessionid=django", true).granted->who.name == "ana");
  CHECK(app.questions == 1);
  time->advance(31s);
  app.names.clear(); // logged out there
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=django").http.status == 401);
  CHECK(app.questions == 2);
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=django").http.status == 401);
  CHECK(app.questions == 2);
}

TEST_CASE_METHOD(with_application, "a stranger to the application is sent to its log-in") {
  CHECK(ask("/finance/bt-pay/", "sessionid=unknown").header("Location") == "/accounts/login/?next=/finance/bt-pay/");
  CHECK(get("/finance/bt-pay/").header("Location") == "/accounts/login/?next=/finance/bt-pay/");
  CHECK(app.questions == 1); // nothing to ask about
}

TEST_CASE_METHOD(with_application, "requests with the same cookies wait for one question") {
  app.names["sessionid=django"] = "ana";
  std::vector<std::shared_ptr<fake_exchange>> exchanges;
  for (int i = 0; i < 70; ++i) {
    http_request request;
    request.path = "/finance/api/bt-pay/pending/";
    request.headers = {{"cookie", "sessionid=django"}};
    exchanges.push_back(std::make_shared<fake_exchange>());
    caf::anon_send(routes, http_request_received{std::move(request), exchanges.back()});
  }
  run();
  CHECK(app.questions == 1);
  CHECK(exchanges.back()->answer->status == 503); // over what may wait
  app.answer();
  run();
  CHECK(exchanges.front()->answer->status == 200);
}

TEST_CASE_METHOD(with_application, "where the application does not answer, its users are told to try again") {
  app.answers = false;
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=django").http.status == 503);
  CHECK(ask("/ws/btpay/live/", "sessionid=django", true).http.status == 503);
  CHECK(get("/finance/api/bt-pay/dashboard/", cookie_of_ana()).http.status == 200); // ours needs no question
  app.answers = true;
  app.names["sessionid=django"] = "ana";
  time->advance(2s);
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=django").http.status == 200);
}

TEST_CASE_METHOD(with_application, "a name that has no account is refused, unless accounts may be made") {
  app.names["sessionid=django"] = "dana";
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=django").http.status == 404);
  CHECK_FALSE(accounts->find_user("dana"));
}

TEST_CASE_METHOD(with_new_users, "where accounts may be made, one is made at first sight and cannot log in here") {
  app.names["sessionid=django"] = "dana";
  app.names["sessionid=odd"] = "no name/at all";
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=django").http.status == 200);
  CHECK(accounts->find_user("dana"));
  CHECK(post("/login", R"({"username":"dana","password":""})", json_body).http.status == 401);
  CHECK(ask("/finance/api/bt-pay/dashboard/", "sessionid=odd").http.status == 404);
}

TEST_CASE_METHOD(routes_fixture,
                 "a token that has expired or was revoked grants nothing, and takes its sockets along") {
  const auto scopes = static_cast<std::uint8_t>(scope::ingest);
  const auto text = *accounts->create_token(scopes, ana.id, time->now() + 1h, time->now());
  const header_list headers{{"authorization", "Bearer " + text}};
  CHECK(post("/api/v1/transactions", row("a"), headers).http.status == 200);
  const auto socket = upgrade("/ws/btpay/live/", headers);
  REQUIRE(socket.granted);
  CHECK(socket.granted->valid_time == 1h);
  http_request revoke;
  revoke.method = http_method::post;
  revoke.path = "/admin/tokens/revoke";
  revoke.local_operator = true;
  const auto lasting = *accounts->create_token(scopes, ana.id);
  revoke.body = R"({"id":")" + id_text(id_of_secret(lasting)) + "\"}";
  CHECK(send(revoke).http.status == 200);
  CHECK(send(revoke).http.status == 404);
  CHECK(post("/api/v1/transactions", row("b"), {{"authorization", "Bearer " + lasting}}).http.status == 401);
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].credential == id_of_secret(lasting));
  time->advance(1h);
  CHECK(post("/api/v1/transactions", row("c"), headers).http.status == 401);
}

} // namespace btpay
