#include "actors/projector.hpp"

#include "tests/support/seed.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

namespace {

using namespace testing;

struct fixture : service_fixture {
  nlohmann::json view(view_kind kind, const account& who) {
    const auto frame = ask<view_frame>(actors->projector(kind, who.id), view_query{who.id, true});
    REQUIRE(frame.message);
    return nlohmann::json::parse(*frame.message);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a view asked for after a command's answer contains the command") {
  for (int i = 1; i <= 20; ++i) {
    const auto reply = import(ana, {payment(std::to_string(i), "-1.00")});
    const auto frame = ask<view_frame>(actors->projector(view_kind::pending, ana.id), view_query{ana.id, true});
    CHECK(frame.at == reply.at);
    CHECK(view(view_kind::dashboard, ana)["pending_count"] == i);
  }
}

TEST_CASE_METHOD(fixture, "a view that was asleep while its user's events came is right when it wakes") {
  import(ana, {payment("a", "-1.00")});
  CHECK(view(view_kind::dashboard, ana)["pending_count"] == 1);
  time->advance(std::chrono::minutes{2});
  pass_five_seconds(); // Nobody watches: the view is forgotten.
  import(ana, {payment("b", "-1.00")});
  CHECK(view(view_kind::dashboard, ana)["pending_count"] == 2);
}

TEST_CASE_METHOD(fixture, "events that were never told are read from the log") {
  CHECK(view(view_kind::dashboard, ana)["pending_count"] == 0);
  // Appended behind the writer's back, so no projector hears of it …
  const std::array behind{new_events{
      ana.id, log_start, {user_opened{"ana", "Europe/Bucharest", {}}, transaction_imported{payment("a", "-1.00")}}}};
  REQUIRE(log->append(behind, noon));
  // … until the next event shows the gap.
  import(ana, {payment("b", "-1.00")});
  CHECK(view(view_kind::dashboard, ana)["pending_count"] == 2);
}

TEST_CASE_METHOD(fixture, "a watched view changes by itself at midnight of its user's zone") {
  auto today = payment("a", "-5.00");
  today.status = transaction_status::synced;
  import(ana, {today});
  const auto socket = std::make_shared<fake_connection>();
  open(session_kind::live, ana, socket);
  run();
  CHECK(nlohmann::json::parse(socket->sent.at(0).text)["data"]["today_amount"] == 5.0);
  socket->sent.clear();
  time->set(at("2026-02-04T22:00:00Z")); // 00:00 in Bucharest
  caf::anon_send(actors->projector(view_kind::dashboard, ana.id), tick{});
  run();
  REQUIRE_FALSE(socket->sent.empty());
  CHECK(nlohmann::json::parse(socket->sent.at(0).text)["data"]["today_amount"] == 0.0);
}

TEST_CASE_METHOD(fixture, "views kept up to date by news equal views folded from the log") {
  BTPAY_SEEDED(random);
  const auto socket = std::make_shared<fake_connection>();
  open(session_kind::live, ana, socket);
  run();
  for (int round = 0; round < 40; ++round) {
    std::vector<transaction> rows;
    for (auto n = random() % 5; n > 0; --n) {
      auto row = payment(std::to_string(random() % 30), "-" + std::to_string(random() % 900 + 1) + ".05");
      row.date = time->now() - std::chrono::minutes{random() % 3000};
      rows.push_back(row);
    }
    import(random() % 4 ? ana : bogdan, rows);
    if (random() % 3 == 0)
      ask<commanded>(actors->users(ana.id), user_command{ana.id, auto_categorize{}});
    time->advance(std::chrono::minutes{random() % 600});
    for (const auto kind : {view_kind::dashboard, view_kind::pending, view_kind::hourly, view_kind::categories}) {
      const auto live = view(kind, ana);
      const auto fresh_services = std::make_shared<const projector_services>(
          projector_services{.log = log, .time = time, .policy = {.rules = *make_default_classifier(shipped_rules())}});
      const auto fresh = own(spawn_projector(system, unit, kind, fresh_services));
      const auto folded = ask<view_frame>(fresh, view_query{ana.id, true});
      CHECK(live == nlohmann::json::parse(*folded.message));
    }
  }
}

} // namespace btpay
