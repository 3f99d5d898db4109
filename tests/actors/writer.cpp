#include "actors/writer.hpp"

#include "storage/memory_event_log.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/forwarding_log.hpp"

#include <catch2/catch.hpp>

namespace btpay {

namespace {

using namespace testing;

/// A log that counts commits and can be told to fail.
class watched_log final : public forwarding_log {
public:
  watched_log() : forwarding_log(make_memory_event_log()) {}

  int commits = 0;
  bool full = false;

  result<std::vector<result<appended_range>>> append(std::span<const new_events> batch, instant at) override {
    if (full)
      return refuse(errc::storage_full, "no room");
    ++commits;
    return forwarding_log::append(batch, at);
  }
};

struct fixture : actor_fixture {
  std::shared_ptr<watched_log> log = std::make_shared<watched_log>();
  std::shared_ptr<manual_clock> time = std::make_shared<manual_clock>(noon);
  writer_actor writer = own(system.spawn<btpay::writer>(log, time, writer_limits{}));

  static append one_event(std::uint64_t user, position expected) {
    return {{.user = user_id{user}, .expected = expected, .events = {user_opened{"u", "UTC", {}}}}};
  }
};

/// Remembers in which order things were heard.
class news_listener : public listener_actor::base {
public:
  news_listener(caf::actor_config& config, std::shared_ptr<std::vector<std::string>> heard)
      : listener_actor::base(config), heard_(std::move(heard)) {}
  behavior_type make_behavior() override {
    return {[this](const committed& news) { heard_->push_back("news of " + std::to_string(news.events->size())); }};
  }

private:
  std::shared_ptr<std::vector<std::string>> heard_;
};

} // namespace

TEST_CASE_METHOD(fixture, "appends that queued together are one commit") {
  std::vector<std::shared_ptr<std::optional<appended>>> answers;
  for (std::uint64_t user = 1; user <= 50; ++user)
    answers.push_back(ask_later<appended>(writer, one_event(user, log_start)));
  run();
  CHECK(log->commits == 1);
  for (const auto& answer : answers) {
    REQUIRE(answer->has_value());
    CHECK((*answer)->where.has_value());
  }
  CHECK(log->head() == position{50});
}

TEST_CASE_METHOD(fixture, "a stale append is refused and the others of its commit stand") {
  const auto good = ask_later<appended>(writer, one_event(1, log_start));
  const auto stale = ask_later<appended>(writer, one_event(2, position{7}));
  run();
  CHECK((*good)->where.has_value());
  REQUIRE_FALSE((*stale)->where.has_value());
  CHECK((*stale)->where.error().code == errc::stale);
}

TEST_CASE_METHOD(fixture, "a failed commit is told to all who asked, and the next one works") {
  log->full = true;
  const auto refused = ask_later<appended>(writer, one_event(1, log_start));
  run();
  REQUIRE_FALSE((*refused)->where.has_value());
  CHECK((*refused)->where.error().code == errc::storage_full);
  log->full = false;
  const auto accepted = ask<appended>(writer, one_event(1, log_start));
  CHECK(accepted.where.has_value());
}

TEST_CASE_METHOD(fixture, "listeners hear of a commit, and only of what was committed") {
  auto heard = std::make_shared<std::vector<std::string>>();
  caf::anon_send(writer, listen{own(system.spawn<news_listener>(heard))});
  ask_later<appended>(writer, one_event(1, log_start));
  ask_later<appended>(writer, one_event(2, position{9}));
  run();
  CHECK(*heard == std::vector<std::string>{"news of 1"});
}

TEST_CASE_METHOD(fixture, "draining answers when everything before it is committed") {
  const auto answer = ask_later<appended>(writer, one_event(1, log_start));
  ask<drained>(writer, drain{});
  CHECK(answer->has_value());
  CHECK(log->head() == position{1});
}

} // namespace btpay
