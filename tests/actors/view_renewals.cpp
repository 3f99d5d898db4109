/// Views that are folded again by new rules: in parts, while they go on.

#include "actors/view_renewals.hpp"

#include "actors/projector.hpp"
#include "tests/support/forwarding_log.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace btpay {

namespace {

using namespace testing;

/// Counts what is read of users, and may be told to fail.
class counting_log final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;

  result<void> read_user_until(user_id user, position after, position last, const event_visitor& visit) const override {
    if (unreadable)
      return refuse(errc::corrupt_record, "planted");
    return forwarding_log::read_user_until(user, after, last, [&](const recorded_event& e) {
      ++events;
      return visit(e);
    });
  }
  result<position> user_event_before(user_id user, position from, std::size_t count) const override {
    links += count;
    return forwarding_log::user_event_before(user, from, count);
  }

  mutable std::size_t events = 0; ///< visited
  mutable std::size_t links = 0;  ///< gone back, or wanted to
  bool unreadable = false;
};

/// Watches a view and counts what it hears.
class watching : public session_actor::base {
public:
  watching(caf::actor_config& config, std::shared_ptr<std::size_t> heard)
      : session_actor::base(config), heard_(std::move(heard)) {}

  session_actor::behavior_type make_behavior() override {
    return {[](const frame_received&) {},
            [](const peer_closed&) {},
            [this](const view_frame&) { ++*heard_; },
            [](const periodic_frames&) {},
            [](const notification_frame&) {},
            [](const inbox_frames&) {},
            [](const outbox_drained&) {},
            [](const tick&) {}};
  }

private:
  std::shared_ptr<std::size_t> heard_;
};

constexpr std::size_t portions = 6;
constexpr std::size_t rows = portions * refolded_events_max;

/// Ana has a long history, and watches what waits for review. The rules say nothing of it.
struct fixture : service_fixture {
  fixture() {
    new_events history{ana.id, log_start, {user_opened{"ana", "Europe/Bucharest", {}}}};
    for (std::size_t n = 0; n < rows; ++n)
      history.events.emplace_back(transaction_imported{payment(std::to_string(n), "-1.00", noon, "BT Pay - Zyxw")});
    REQUIRE(log->append(std::array{history}, noon));
    projector = begin(policy);
    caf::anon_send(writer, listen{projector});
    caf::anon_send(projector, watch{ana.id, watcher});
    run();
    forget();
  }

  projector_actor begin(const view_policy& by) {
    return own(spawn_projector(
        system, unit, view_kind::pending,
        std::make_shared<const projector_services>(projector_services{.log = counting, .time = time, .policy = by})));
  }

  static view_policy knowing(const std::string& word) {
    auto rules = nlohmann::json::parse(shipped_rules());
    rules["categories"][0]["words"].push_back(word);
    return {.rules = *make_default_classifier(rules.dump())};
  }

  void reload(const view_policy& now) {
    policy = now;
    caf::anon_send(projector, policies_changed{{.rules = now.rules}, now});
    REQUIRE(scheduler.try_run_once()); // Its first part.
  }

  /// Lets a pause pass and the projector do its next part, and whoever heard of it what that makes. False where nothing
  /// is left to do.
  bool next_part() {
    run();
    return scheduler.trigger_timeouts() != 0 && scheduler.try_run_once();
  }

  void finish() {
    while (next_part()) {
    }
  }

  void forget() {
    *heard = 0;
    counting->events = counting->links = 0;
  }

  std::string data(const projector_actor& whom, const account& who) {
    const auto frame = ask<view_frame>(whom, view_query{who.id, true});
    return frame.message ? *frame.message : "(none)";
  }
  std::string folded() { return data(begin(policy), ana); }

  std::shared_ptr<counting_log> counting = std::make_shared<counting_log>(log);
  view_policy policy{.rules = *make_default_classifier(shipped_rules())};
  std::shared_ptr<std::size_t> heard = std::make_shared<std::size_t>(0);
  session_actor watcher = own(system.spawn<watching>(heard));
  projector_actor projector;
};

} // namespace

TEST_CASE_METHOD(fixture, "a long history that is folded again holds up nobody for longer than a part of it") {
  const auto before = data(projector, ana);
  forget();
  reload(knowing("zyxw"));
  std::size_t parts = 1;
  std::size_t events = 0;
  do {
    CHECK(counting->events + counting->links / links_per_event < 2 * refolded_events_max);
    events += std::exchange(counting->events, 0);
    counting->links = 0;
    run();
    if (*heard != 0)
      break;
    CHECK(data(projector, ana) == before);
    CHECK(data(projector, bogdan) == "[]");
    ++parts;
  } while (next_part());
  CHECK(parts > portions);
  CHECK(events == rows + 1);
  CHECK_FALSE(next_part());
  CHECK(*heard == 1);
  CHECK(data(projector, ana) == folded());
  CHECK(data(projector, ana) != before);
}

TEST_CASE_METHOD(fixture, "what is committed while a history is folded again is told at once, and is in the new fold") {
  reload(knowing("zyxw"));
  std::size_t more = 0;
  do {
    run();
    if (more == portions)
      continue;
    forget();
    const auto newest = noon + std::chrono::minutes{++more};
    import(ana, {payment("more " + std::to_string(more), "-2.00", newest, "BT Pay - Zyxw")});
    CHECK(*heard == 1);
    const auto frame = ask<view_frame>(projector, view_query{ana.id, false, {.positioned = true}});
    CHECK(nlohmann::json::parse(*frame.message)["count"] == rows + more);
  } while (next_part());
  CHECK(data(projector, ana) == folded());
  import(ana, {payment("after it", "-2.00", noon, "BT Pay - Zyxw")});
  CHECK(data(projector, ana) == folded());
}

TEST_CASE_METHOD(fixture, "rules that are reloaded while a history is folded again are those that it ends with") {
  const auto before = data(projector, ana);
  reload(knowing("zyxw"));
  for (int part = 0; part < 4; ++part)
    REQUIRE(next_part());
  forget();
  reload(knowing("abcd"));
  finish();
  CHECK(counting->events == rows + 1);
  CHECK(data(projector, ana) == folded());
  CHECK(data(projector, ana) == before); // By neither rules is "zyxw" known.
}

TEST_CASE_METHOD(fixture, "a history that nobody watches any more is right for who asks next") {
  reload(knowing("zyxw"));
  REQUIRE(next_part());
  caf::anon_send(projector, unwatch{ana.id, watcher});
  run();
  const auto forget_it = [this] {
    time->advance(std::chrono::minutes{2});
    for (std::size_t i = 0; i < projector_slices; ++i)
      caf::anon_send(projector, tick{});
    run();
  };
  SECTION("while it is there") {
    finish();
    CHECK(data(projector, ana) == folded());
  }
  SECTION("when it was forgotten") {
    forget_it();
    forget();
    finish();
    CHECK(counting->events == 0);
    CHECK(data(projector, ana) == folded());
  }
  SECTION("when it was forgotten and is asked for meanwhile") {
    forget_it();
    CHECK(data(projector, ana) == folded());
    finish();
    CHECK(data(projector, ana) == folded());
  }
}

TEST_CASE_METHOD(fixture, "a history that cannot be read any more stays as it was folded") {
  const auto before = data(projector, ana);
  reload(knowing("zyxw"));
  REQUIRE(next_part());
  counting->unreadable = true;
  finish();
  CHECK(data(projector, ana) == before);
  counting->unreadable = false;
  import(ana, {payment("more", "-2.00", noon + std::chrono::hours{1})});
  CHECK(data(projector, ana) != before);
}

} // namespace btpay
