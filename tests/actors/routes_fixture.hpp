#pragma once
/// The routes of a service without sockets, and requests to them.

#include "actors/authenticator.hpp"
#include "actors/routes.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace btpay::testing {

/// Remembers how a request was answered.
class fake_exchange final : public http_exchange {
public:
  void respond(http_response response) override { answer = std::move(response); }
  void accept_websocket(session_grant grant) override { granted = std::move(grant); }
  void accept_stream(session_grant grant) override { granted = std::move(grant); }

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
  nlohmann::json body() const { return http.body ? nlohmann::json::parse(*http.body) : nlohmann::json(); }
};

struct routes_fixture : service_fixture {
  /// `change`: what a test wants to be otherwise.
  explicit routes_fixture(const std::function<void(routes_services&)>& change = {}) {
    REQUIRE(accounts->set_password("ana", "parola-anei"));
    std::filesystem::create_directory(directory.path() / "web");
    std::ofstream(directory.path() / "web" / "dashboard.html") << "<h1>dashboard</h1>";
    std::ofstream(directory.path() / "web" / "login.html") << "<h1>login</h1>";
    std::ofstream(directory.path() / "web" / "operator.html") << "<h1>operator</h1>";
    std::ofstream(directory.path() / "web" / "forbidden.html") << "<h1>not for you</h1>";
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
    services.revoke = [this](const revocation& whose) { revoked.push_back(whose); };
    services.set_log_level = [](const std::string& level) -> result<void> {
      return level == "debug" ? result<void>() : result<void>(refuse(errc::invalid_value, "no such level"));
    };
    services.drain = [this] { drained = true; };
    if (change)
      change(services);
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
  /// Gives ana this role, as an operator does.
  void make(account_role role) { REQUIRE(accounts->set_profile("ana", {}, {}, role)); }
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
  std::vector<revocation> revoked;
  bool drained = false;
};

} // namespace btpay::testing
