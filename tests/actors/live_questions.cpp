#include "actors/live_session.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

namespace {

using namespace testing;
using nlohmann::json;
using types = std::vector<std::string>;

struct fixture : service_fixture {
  fixture() {
    import(ana, {payment("a", "-12.30"), payment("b", "-1.00")});
    session = open(session_kind::live, ana, socket);
    run();
    socket->sent.clear();
  }

  json last() { return json::parse(socket->sent.at(socket->sent.size() - 1).text); }
  json answer(const std::string& text) {
    say(session, text);
    run();
    return last();
  }

  std::shared_ptr<fake_connection> socket = std::make_shared<fake_connection>();
  session_actor session;
};

} // namespace

TEST_CASE_METHOD(fixture, "explain is answered with the number, its payments and its place") {
  const auto told = answer(R"({"command":"explain","view":"dashboard","field":"pending_amount","limit":1,"ref":"q"})");
  CHECK(told["type"] == "explanation");
  CHECK(told["view"] == "dashboard");
  CHECK(told["field"] == "pending_amount");
  CHECK(told["value"] == 13.30);
  CHECK(told["count"] == 2);
  CHECK(told["transactions"].size() == 1);
  CHECK(told["next"] == told["transactions"][0]["id"]);
  CHECK(told["at"] == "2026-02-04T12:30:00Z");
  CHECK(told["epoch"] == wire_epoch(log->epoch()));
  CHECK(told["seq"] == raw(log->head()));
  CHECK(told["ref"] == "q");
  CHECK(answer(R"({"command":"explain","view":"hourly","field":23})")["field"] == "23");
}

TEST_CASE_METHOD(fixture, "as_of is answered with one view or with several") {
  auto told = answer(R"({"command":"as_of","view":"pending","at":"2026-02-04T12:00:00Z","later":true,"ref":"q"})");
  CHECK(told["type"] == "as_of_result");
  CHECK(told["view"] == "pending");
  CHECK(told["data"].size() == 2);
  CHECK(answer(R"({"command":"as_of","view":"pending","at":"2026-02-04T12:00:00Z"})")["data"].empty());
  CHECK(told["at"] == "2026-02-04T12:00:00Z");
  CHECK_FALSE(told.contains("known_at"));
  CHECK_FALSE(told.contains("views"));
  told = answer(R"({"command":"as_of","views":["pending","hourly"],"at":"2026-02-04T12:00:00Z",
                    "known_at":"2026-02-04T14:00:00+02:00"})");
  CHECK(told["views"].size() == 2);
  CHECK(told["views"]["pending"].empty());
  CHECK(told["views"]["hourly"].size() == 24);
  CHECK(told["known_at"] == "2026-02-04T12:00:00Z");
  CHECK(told["seq"] == 0);
  CHECK(answer(R"({"command":"as_of","at":"2026-02-04T12:00:00Z"})")["views"].size() == 4);
}

TEST_CASE_METHOD(fixture, "a refused question is an error with its mark, and the socket lives on") {
  auto told = answer(R"({"command":"explain","view":"dashboard","field":"fortune","ref":"q"})");
  CHECK(told["type"] == "error");
  CHECK(told["code"] == "unknown_item");
  CHECK(told["ref"] == "q");
  told = answer(R"({"command":"as_of","at":"2026-02-04T12:30:01Z","ref":"r"})");
  CHECK(told["code"] == "invalid_value");
  CHECK(told["ref"] == "r");
  CHECK(answer(R"({"command":"ping"})")["type"] == "pong");
}

TEST_CASE_METHOD(fixture, "what comes behind a question does not wait for it, and questions keep their order") {
  for (const std::string ref : {"1", "2", "3"})
    say(session, R"({"command":"as_of","view":"hourly","at":"2026-02-04T12:00:00Z","ref":")" + ref + "\"}");
  say(session, R"({"command":"ping"})");
  run();
  std::string refs;
  std::size_t pong = 0;
  for (std::size_t i = 0; i < socket->sent.size(); ++i) {
    const auto message = json::parse(socket->sent[i].text);
    if (message["type"] == "pong")
      pong = i;
    else
      refs += message["ref"].get<std::string>();
  }
  CHECK(refs == "123");
  CHECK(pong < 3);
}

TEST_CASE_METHOD(fixture, "more questions than may wait are refused, and later ones are answered again") {
  const auto limit = session_limits{}.waiting_questions_max + 1;
  for (std::size_t i = 0; i < limit + 2; ++i)
    say(session, R"({"command":"as_of","view":"hourly","at":"2026-02-04T12:00:00Z"})");
  run();
  const auto all = socket->types();
  CHECK(std::ranges::count(all, "error") == 2);
  CHECK(std::ranges::count(all, "as_of_result") == static_cast<std::ptrdiff_t>(limit));
  CHECK(answer(R"({"command":"as_of","at":"2026-02-04T12:00:00Z"})")["type"] == "as_of_result");
}

TEST_CASE_METHOD(fixture, "a session that ends with questions open is gone") {
  say(session, R"({"command":"as_of","at":"2026-02-04T12:00:00Z"})");
  say(session, R"({"command":"as_of","at":"2026-02-04T12:00:00Z"})");
  caf::anon_send(session, peer_closed{});
  run();
  CHECK(socket.use_count() == 1);
}

TEST_CASE_METHOD(fixture, "pushes and deltas go on between a question and its answer") {
  say(session, R"({"command":"subscribe","deltas":true})");
  run();
  socket->sent.clear();
  say(session, R"({"command":"explain","view":"pending","field":"count"})");
  caf::anon_send(actors->users(ana.id), user_command{ana.id, import_transactions{{payment("c", "-2.00")}}});
  run();
  const auto all = socket->types();
  CHECK(std::ranges::count(all, "explanation") == 1);
  CHECK(std::ranges::count(all, "pending_delta") == 1);
  CHECK(std::ranges::count(all, "dashboard_delta") == 1);
}

} // namespace btpay
