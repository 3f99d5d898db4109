#include "actors/live_session.hpp"

#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

namespace {

using namespace testing;
using types = std::vector<std::string>;

struct fixture : service_fixture {
  std::shared_ptr<fake_connection> socket = std::make_shared<fake_connection>();
  session_actor session;

  void connect() {
    session = open(session_kind::live, ana, socket);
    run();
    socket->sent.clear();
  }

  nlohmann::json last() { return nlohmann::json::parse(socket->sent.at(socket->sent.size() - 1).text); }
};

} // namespace

TEST_CASE_METHOD(fixture, "a client is greeted with the four views in order") {
  session = open(session_kind::live, ana, socket);
  run();
  CHECK(socket->types() == types{"dashboard_update", "pending_update", "hourly_update", "category_update"});
}

TEST_CASE_METHOD(fixture, "a command that comes before the greeting is answered after it") {
  session = open(session_kind::live, ana, socket);
  say(session, R"({"command":"ping"})");
  run();
  CHECK(socket->types() == types{"dashboard_update", "pending_update", "hourly_update", "category_update", "pong"});
}

TEST_CASE_METHOD(fixture, "each command is answered with its message") {
  connect();
  const auto answer = [this](const std::string& command) {
    say(session, R"({"command":")" + command + "\"}");
    run();
    return socket->types();
  };
  CHECK(answer("ping") == types{"pong"});
  CHECK(answer("request_data") == types{"dashboard_update"});
  CHECK(answer("request_pending") == types{"pending_update"});
  CHECK(answer("request_hourly") == types{"hourly_update"});
  CHECK(answer("request_categories") == types{"category_update"});
}

TEST_CASE_METHOD(fixture, "a payment is pushed to its user's sockets as what changed, and to no one else's") {
  connect();
  const auto stranger = std::make_shared<fake_connection>();
  open(session_kind::live, bogdan, stranger);
  run();
  stranger->sent.clear();
  import(ana, {payment("a", "-12.30")});
  REQUIRE(socket->sent.size() >= 2);
  CHECK(socket->sent[0].replaces == conflation::dashboard);
  CHECK(socket->sent[1].replaces == conflation::pending);
  CHECK(nlohmann::json::parse(socket->sent[0].text)["data"]["pending_count"] == 1);
  CHECK(nlohmann::json::parse(socket->sent[0].text)["data"]["pending_amount"] == 12.30);
  CHECK(stranger->sent.empty());
}

TEST_CASE_METHOD(fixture, "auto_categorize is answered with its result and then the three views that contain it") {
  import(ana, {payment("a", "-12.30")});
  connect();
  say(session, R"({"command":"auto_categorize"})");
  run();
  const auto result = nlohmann::json::parse(socket->sent.at(0).text);
  CHECK(result["type"] == "auto_categorize_result");
  CHECK(result["categorized"] == 1);
  const auto dashboard = nlohmann::json::parse(socket->sent.at(1).text);
  CHECK(dashboard["data"]["pending_count"] == 0);
  CHECK(dashboard["data"]["today_amount"] == 12.30);
  const auto order = socket->types();
  REQUIRE(order.size() >= 4);
  CHECK(types(order.begin(), order.begin() + 4) ==
        types{"auto_categorize_result", "dashboard_update", "pending_update", "category_update"});
}

TEST_CASE_METHOD(fixture, "commands sent behind auto_categorize are answered after it, in order") {
  import(ana, {payment("a", "-12.30")});
  connect();
  say(session, R"({"command":"auto_categorize"})");
  say(session, R"({"command":"auto_categorize"})");
  say(session, R"({"command":"ping"})");
  run();
  types results;
  for (const auto& type : socket->types())
    if (type == "auto_categorize_result" || type == "pong")
      results.push_back(type);
  CHECK(results == types{"auto_categorize_result", "auto_categorize_result", "pong"});
}

TEST_CASE_METHOD(fixture, "answers come in the order of their questions") {
  connect();
  for (const std::string command : {"request_hourly", "ping", "request_data", "ping", "request_pending", "ping"})
    say(session, R"({"command":")" + command + "\"}");
  run();
  CHECK(socket->types() == types{"hourly_update", "pong", "dashboard_update", "pong", "pending_update", "pong"});
}

TEST_CASE_METHOD(fixture, "what is no command is answered with an error and the socket lives on") {
  connect();
  for (const std::string text : {"", "{", "[]", "{}", R"({"command":"fly"})", R"({"command":3})"}) {
    say(session, text);
    run();
    CHECK(last()["type"] == "error");
    CHECK(last()["code"].is_string());
    CHECK(last()["message"].is_string());
    CHECK(last()["timestamp"].is_string());
  }
  say(session, R"({"command":"ping"})", true);
  run();
  CHECK(last()["type"] == "error");
  CHECK_FALSE(socket->closed);
  say(session, R"({"command":"ping"})");
  run();
  CHECK(last()["type"] == "pong");
}

TEST_CASE_METHOD(fixture, "a client that sends nothing but errors is closed as a violation") {
  connect();
  const auto limit = session_limits{}.errors_in_row_max;
  for (std::size_t i = 0; i + 1 < limit; ++i)
    say(session, "?");
  run();
  CHECK_FALSE(socket->closed);
  say(session, R"({"command":"ping"})");
  for (std::size_t i = 0; i + 1 < limit; ++i)
    say(session, "?");
  run();
  CHECK_FALSE(socket->closed);
  say(session, "?");
  run();
  CHECK(socket->closed == close_code::policy_violation);
}

TEST_CASE_METHOD(fixture, "every five seconds the dashboard and a periodic_update come together") {
  connect();
  pass_five_seconds();
  CHECK(socket->types() == types{"dashboard_update", "periodic_update"});
  pass_five_seconds();
  CHECK(socket->types() == types{"dashboard_update", "periodic_update"});
}

TEST_CASE_METHOD(fixture, "a session ends with its socket and is sent nothing more") {
  connect();
  caf::anon_send(session, peer_closed{});
  run();
  import(ana, {payment("a", "-12.30")});
  CHECK(socket->sent.empty());
  CHECK(socket.use_count() == 1);
}

} // namespace btpay
