#include "actors/user.hpp"

#include "actors/writer.hpp"
#include "storage/memory_event_log.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

namespace btpay {

namespace {

using namespace testing;

constexpr user_id ana{1};

struct fixture : actor_fixture {
  std::shared_ptr<event_log> log = make_memory_event_log();
  std::shared_ptr<manual_clock> time = std::make_shared<manual_clock>(noon);
  writer_actor writer = own(system.spawn<btpay::writer>(log, time, writer_limits{}));
  decision_policy policy{.rules = *make_default_classifier(shipped_rules())};

  user_actor make(user_limits limits = {}) {
    return own(system.spawn<user>(ana, user_opened{"ana", "Europe/Bucharest", {}}, log, writer, policy, limits));
  }
  static user_command import(std::vector<transaction> rows) { return {ana, import_transactions{std::move(rows)}}; }

  std::vector<recorded_event> stream() {
    std::vector<recorded_event> events;
    REQUIRE(log->read_user(ana, log_start, [&](const recorded_event& e) {
      events.push_back(e);
      return true;
    }));
    return events;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a command is answered when its events are in the log") {
  const auto reply = ask<commanded>(make(), import({payment("a", "-10.00"), payment("b", "-20.00")}));
  REQUIRE(reply.answer);
  CHECK(reply.answer->fates == std::vector{row_fate::accepted, row_fate::accepted});
  CHECK(reply.at == log->head());
  CHECK(stream().size() == 3); // The profile comes first.
}

TEST_CASE_METHOD(fixture, "imports that wait are decided together, and each hears of its own rows") {
  const auto user = make();
  const auto first = ask_later<commanded>(user, import({payment("a", "-1.00")}));
  const auto second = ask_later<commanded>(user, import({payment("b", "-2.00"), payment("a", "-1.00")}));
  const auto third = ask_later<commanded>(user, import({payment("c", "-3.00"), payment("", "-3.00")}));
  run();
  REQUIRE((first->has_value() && second->has_value() && third->has_value()));
  CHECK((*first)->answer->fates == std::vector{row_fate::accepted});
  CHECK((*second)->answer->fates == std::vector{row_fate::accepted, row_fate::duplicate});
  CHECK((*third)->answer->fates == std::vector{row_fate::accepted, row_fate::rejected});
  REQUIRE((*third)->answer->rejected.size() == 1);
  CHECK((*third)->answer->rejected[0].index == 1);
  CHECK(stream().size() == 4);
}

TEST_CASE_METHOD(fixture, "the same import again changes nothing") {
  const auto user = make();
  ask<commanded>(user, import({payment("a", "-1.00")}));
  const auto before = log->head();
  const auto again = ask<commanded>(user, import({payment("a", "-1.00")}));
  CHECK(again.answer->fates == std::vector{row_fate::duplicate});
  CHECK(again.at == before);
  CHECK(log->head() == before);
}

TEST_CASE_METHOD(fixture, "a user that wakes up knows what it knew") {
  ask<commanded>(make(), import({payment("a", "-1.00")}));
  const auto again = ask<commanded>(make(), import({payment("a", "-1.00"), payment("b", "-1.00")}));
  CHECK(again.answer->fates == std::vector{row_fate::duplicate, row_fate::accepted});
}

TEST_CASE_METHOD(fixture,
                 "a stream that moved on behind the user's back is folded again and the command decided anew") {
  const auto user = make();
  ask<commanded>(user, import({payment("a", "-1.00")}));
  ask<commanded>(make(), import({payment("b", "-2.00")})); // Another writer of the same stream.
  const auto reply = ask<commanded>(user, import({payment("b", "-2.00"), payment("c", "-3.00")}));
  REQUIRE(reply.answer);
  CHECK(reply.answer->fates == std::vector{row_fate::duplicate, row_fate::accepted});
}

TEST_CASE_METHOD(fixture, "commands beyond the limit of waiting rows are refused and lose nothing") {
  const auto user = make({.waiting_rows_max = 3});
  std::vector<std::shared_ptr<std::optional<commanded>>> replies;
  for (int i = 0; i < 6; ++i)
    replies.push_back(ask_later<commanded>(user, import({payment(std::to_string(i), "-1.00")})));
  run();
  std::size_t accepted = 0;
  std::size_t overloaded = 0;
  for (const auto& reply : replies) {
    accepted += (*reply)->answer.has_value();
    overloaded += !(*reply)->answer && (*reply)->answer.error().code == errc::overloaded;
  }
  CHECK(accepted + overloaded == 6);
  CHECK(overloaded > 0);
  CHECK(stream().size() == accepted + 1);
}

} // namespace btpay
