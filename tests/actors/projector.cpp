#include "actors/projector.hpp"

#include "actors/view_renewals.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace btpay {

namespace {

using namespace testing;

struct fixture : service_fixture {
  /// Lets the pauses pass that projectors make in longer work.
  void go_on_to_the_end() {
    do
      run();
    while (scheduler.trigger_timeouts() != 0);
  }

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

TEST_CASE_METHOD(fixture, "projectors count how far they are and what they told") {
  const auto totals = [this](view_kind kind) { return meters->of(kind); };
  for (const auto kind : all_views) {
    CHECK(totals(kind).taken_up == raw(log->head()));
    CHECK(totals(kind).rendered == 0);
    CHECK(totals(kind).wholes == 0);
  }
  import(ana, {payment("a", "-1.00")});
  CHECK(totals(view_kind::pending).taken_up == raw(log->head())); // though nobody asks for her view
  CHECK(totals(view_kind::pending).rendered == 0);
  view(view_kind::pending, ana);
  view(view_kind::pending, ana);
  CHECK(totals(view_kind::pending).rendered == 1);
  CHECK(totals(view_kind::pending).wholes == 2);
  CHECK(totals(view_kind::pending).deltas == 0);
  CHECK(totals(view_kind::dashboard).rendered == 0);
  // Behind the writer's back: no projector hears of it.
  const auto before = raw(log->head());
  const std::array behind{new_events{bogdan.id, log_start, {user_opened{"bogdan", "Europe/Bucharest", {}}}}};
  REQUIRE(log->append(behind, noon));
  CHECK(raw(log->head()) == before + 1);
  CHECK(totals(view_kind::pending).taken_up == before);
  import(ana, {payment("b", "-1.00")});
  CHECK(totals(view_kind::pending).taken_up == raw(log->head()));
}

TEST_CASE("the slowest of a view's projectors tells how far that view is") {
  projection_meters meters;
  CHECK(meters.of(view_kind::hourly).taken_up == UINT64_MAX);
  auto& fast = meters.add(view_kind::hourly, position{5});
  auto& slow = meters.add(view_kind::hourly, position{5});
  fast.taken_up.set(9);
  fast.deltas.add(2);
  slow.deltas.add(3);
  CHECK(meters.of(view_kind::hourly).taken_up == 5);
  CHECK(meters.of(view_kind::hourly).deltas == 5);
  slow.taken_up.set(10);
  CHECK(meters.of(view_kind::hourly).taken_up == 9);
  CHECK(meters.of(view_kind::pending).taken_up == UINT64_MAX);
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

TEST_CASE_METHOD(fixture, "windows of many users that are due at once are moved in turns with what others ask") {
  constexpr std::size_t users = due_views_max * 2 + 1;
  const auto socket = std::make_shared<fake_connection>();
  const auto projector = actors->projector(view_kind::dashboard, ana.id);
  for (std::size_t i = 0; i < users; ++i) {
    const account who{user_id{100 + i}, "user" + std::to_string(i), "Europe/Bucharest", {}};
    auto today = payment("a", "-5.00");
    today.status = transaction_status::synced;
    const std::array stream{
        new_events{who.id, log_start, {user_opened{who.name, who.zone, {}}, transaction_imported{today}}}};
    REQUIRE(log->append(stream, noon));
    open(session_kind::live, who, socket);
  }
  run();
  socket->sent.clear();
  time->set(at("2026-02-04T22:00:00Z"));
  caf::anon_send(projector, go_on{});
  REQUIRE(scheduler.try_run_once());
  CHECK(scheduler.jobs.size() == due_views_max); // So many sessions have a view to hand on.
  CHECK(view(view_kind::dashboard, ana)["pending_count"] == 0);
  go_on_to_the_end();
  CHECK(std::ranges::count(socket->sent, conflation::dashboard, &fake_connection::frame::replaces) ==
        static_cast<std::ptrdiff_t>(users));
}

TEST_CASE_METHOD(fixture, "new rules change what is watched, what is asked for, and what is decided") {
  import(ana, {payment("a", "-5.00", noon, "BT Pay - Zyxw")});
  import(bogdan, {payment("a", "-5.00", noon, "BT Pay - Zyxw")});
  const auto socket = std::make_shared<fake_connection>();
  open(session_kind::live, ana, socket);
  run();
  CHECK(view(view_kind::pending, ana)[0]["category_guess"].is_null());
  CHECK(view(view_kind::pending, bogdan)[0]["category_guess"].is_null());
  socket->sent.clear();

  auto rules_json = nlohmann::json::parse(shipped_rules());
  rules_json["categories"][0]["words"].push_back("zyxw");
  const auto category = rules_json["categories"][0]["name"].get<std::string>();
  const auto rules = *make_default_classifier(rules_json.dump());
  const policies_changed news{{.rules = rules}, {.rules = rules}};
  const auto& mine = actors->all().front();
  caf::anon_send(mine.users, news);
  for (const auto& projector : mine.projectors)
    caf::anon_send(projector, news);
  caf::anon_send(mine.bookkeeper, news);
  run();

  REQUIRE(socket->sent.size() == 1);
  CHECK(nlohmann::json::parse(socket->sent[0].text)["data"][0]["category_guess"] == category);
  CHECK(view(view_kind::pending, bogdan)[0]["category_guess"] == category);
  const auto done = ask<commanded>(actors->users(ana.id), user_command{ana.id, auto_categorize{}});
  CHECK(done.answer->categorized == 1);
}

TEST_CASE_METHOD(fixture,
                 "many watched views are folded again by new rules, each once, and stay up to date meanwhile") {
  const auto socket = std::make_shared<fake_connection>();
  for (std::size_t i = 0; i < 3; ++i) {
    const account who{user_id{100 + i}, "user" + std::to_string(i), "Europe/Bucharest", {}};
    new_events stream{who.id, log_start, {user_opened{who.name, who.zone, {}}}};
    for (std::size_t n = 0; n < refolded_events_max; ++n)
      stream.events.emplace_back(transaction_imported{payment(std::to_string(n), "-1.00", noon, "BT Pay - Zyxw")});
    REQUIRE(log->append(std::array{stream}, noon));
    open(session_kind::live, who, socket);
  }
  run();
  socket->sent.clear();
  auto rules_json = nlohmann::json::parse(shipped_rules());
  rules_json["categories"][0]["words"].push_back("zyxw");
  const auto rules = *make_default_classifier(rules_json.dump());
  caf::anon_send(actors->projector(view_kind::pending, ana.id), policies_changed{{.rules = rules}, {.rules = rules}});
  REQUIRE(scheduler.try_run_once());
  CHECK(scheduler.jobs.size() == 1);
  go_on_to_the_end();
  CHECK(socket->sent.size() == 3);
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
    for (const auto kind : all_views) {
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
