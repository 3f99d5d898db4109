/// What storage/event_log.hpp promises, kept by every implementation.

#include "storage/event_log.hpp"

#include "tests/contract/log_under_test.hpp"
#include "tests/storage/random_events.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr user_id ana{1};
constexpr user_id bob{2};
constexpr instant noon{std::chrono::hours{12}};
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

std::vector<event> notes(const std::vector<std::string>& keys) {
  std::vector<event> events;
  events.reserve(keys.size());
  for (const auto& key : keys)
    events.push_back(note(key));
  return events;
}

new_events wanted(user_id user, std::uint64_t expected, const std::vector<std::string>& keys) {
  return {.user = user, .expected = position{expected}, .events = notes(keys)};
}

std::vector<result<appended_range>> append(event_log& log, const std::vector<new_events>& batch) {
  auto made = log.append(batch, noon);
  REQUIRE(made);
  REQUIRE(made->size() == batch.size());
  return std::move(*made);
}

void check_range(const result<appended_range>& made, std::uint64_t first, std::uint64_t last, std::uint64_t previous) {
  REQUIRE(made);
  CHECK(raw(made->first) == first);
  CHECK(raw(made->last) == last);
  CHECK(raw(made->previous) == previous);
}

void check_stale(const result<appended_range>& made) {
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::stale);
}

std::string key_of(const recorded_event& e) { return std::get<notification_posted>(e.body).key; }

/// The keys of the notes, and where the reading ended.
struct seen_notes {
  std::string keys;
  std::uint64_t last = 0;
};

seen_notes read(const event_log& log, std::uint64_t after, std::size_t count_max) {
  seen_notes seen;
  const auto last = log.read(position{after}, count_max, [&](const recorded_event& e) {
    seen.keys += key_of(e);
    return true;
  });
  REQUIRE(last);
  seen.last = raw(*last);
  return seen;
}

std::string read_user(const event_log& log, user_id user, std::uint64_t after) {
  std::string keys;
  REQUIRE(log.read_user(user, position{after}, [&](const recorded_event& e) {
    keys += key_of(e);
    return true;
  }));
  return keys;
}

} // namespace

TEMPLATE_TEST_CASE("an empty log has no events and no heads", "", memory_log_under_test, lmdb_log_under_test) {
  TestType log;
  CHECK(log->head() == log_start);
  CHECK(log->head_of(ana) == log_start);
  CHECK(read(*log, 0, no_limit).keys.empty());
  CHECK(read(*log, 0, no_limit).last == 0);
  CHECK(read_user(*log, ana, 0).empty());
  CHECK(log->epoch().size() == 32);
}

TEMPLATE_TEST_CASE("the shares of the users make up the log, each in order", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  for (std::uint64_t user = 1; user <= 26; ++user)
    append(*log, {wanted(user_id{user}, 0, {std::string(1, static_cast<char>('a' + user - 1))})});
  log.reopen();
  std::string all;
  for (const std::uint32_t index : {0U, 1U, 2U}) {
    const user_share share{.index = index, .count = 3};
    std::string keys;
    std::optional<user_id> announced;
    const auto visit = [&](const recorded_event& e) {
      CHECK(share.holds(e.user));
      CHECK(std::exchange(announced, std::nullopt) == e.user);
      keys += key_of(e);
      return true;
    };
    const auto last = log->read_share(share, log_start, no_limit, visit, [&](user_id user) { announced = user; });
    CHECK(last == position{26});
    CHECK(std::is_sorted(keys.begin(), keys.end()));
    CHECK_FALSE(keys.empty());
    all += keys;
  }
  std::sort(all.begin(), all.end());
  CHECK(all == "abcdefghijklmnopqrstuvwxyz");
}

TEMPLATE_TEST_CASE("events come back in order, with their place and the user's event before", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  check_range(append(*log, {wanted(ana, 0, {"a", "b"})})[0], 1, 2, 0);
  check_range(append(*log, {wanted(bob, 0, {"c"})})[0], 3, 3, 0);
  check_range(append(*log, {wanted(ana, 2, {"d"})})[0], 4, 4, 2);
  log.reopen();
  std::vector<std::uint64_t> previous;
  REQUIRE(log->read(log_start, no_limit, [&](const recorded_event& e) {
    CHECK(raw(e.at) == previous.size() + 1);
    CHECK(e.user == (key_of(e) == "c" ? bob : ana));
    CHECK(e.recorded_at == noon);
    previous.push_back(raw(e.previous));
    return true;
  }));
  CHECK(previous == std::vector<std::uint64_t>{0, 1, 0, 2});
  CHECK(raw(log->head()) == 4);
  CHECK(log->head_of(ana) == position{4});
  CHECK(log->head_of(bob) == position{3});
}

TEMPLATE_TEST_CASE("an append that expects another head is stale and writes nothing", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a", "b"})});
  for (const std::uint64_t expected : {0U, 1U, 3U})
    check_stale(append(*log, {wanted(ana, expected, {"x"})})[0]);
  check_stale(append(*log, {wanted(bob, 2, {"x"})})[0]);
  CHECK(raw(log->head()) == 2);
  CHECK(log->head_of(bob) == log_start);
}

TEMPLATE_TEST_CASE("a retry after a lost answer is stale", "", memory_log_under_test, lmdb_log_under_test) {
  TestType log;
  const std::vector<new_events> batch{wanted(ana, 0, {"a"})};
  append(*log, batch);
  log.reopen();
  check_stale(append(*log, batch)[0]);
  CHECK(read(*log, 0, no_limit).keys == "a");
}

TEMPLATE_TEST_CASE("a stale append spoils no other of its batch", "", memory_log_under_test, lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a"})});
  const auto made = append(*log, {wanted(bob, 0, {"b"}), wanted(ana, 0, {"x", "y"}), wanted(ana, 1, {"c"})});
  check_range(made[0], 2, 2, 0);
  check_stale(made[1]);
  check_range(made[2], 3, 3, 1);
  CHECK(read(*log, 0, no_limit).keys == "abc");
}

TEMPLATE_TEST_CASE("appends of one user in one batch see each other, in order", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  const auto made = append(*log, {wanted(ana, 0, {"a"}), wanted(bob, 0, {"b"}), wanted(ana, 1, {"c", "d"}),
                                  wanted(ana, 1, {"x"}), wanted(ana, 4, {"e"})});
  check_range(made[0], 1, 1, 0);
  check_range(made[2], 3, 4, 1);
  check_stale(made[3]);
  check_range(made[4], 5, 5, 4);
  CHECK(read_user(*log, ana, 0) == "acde");
}

TEMPLATE_TEST_CASE("an append of no events gives back what it expected, or is stale", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  CHECK(append(*log, {}).empty());
  append(*log, {wanted(bob, 0, {"a"})});
  check_range(append(*log, {wanted(ana, 0, {})})[0], 0, 0, 0);
  check_range(append(*log, {wanted(bob, 1, {})})[0], 1, 1, 1);
  check_stale(append(*log, {wanted(bob, 0, {})})[0]);
  CHECK(raw(log->head()) == 1);
}

TEMPLATE_TEST_CASE("a read begins behind its position and ends at its limit", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a", "b", "c", "d", "e"})});
  CHECK(read(*log, 1, 2).keys == "bc");
  CHECK(read(*log, 1, 2).last == 3);
  CHECK(read(*log, 3, 2).keys == "de");
  CHECK(read(*log, 4, no_limit).last == 5);
  CHECK(read(*log, 0, 0).last == 0);
  CHECK(read(*log, 5, no_limit).last == 5);
  CHECK(read(*log, 6, no_limit).last == 6);
  CHECK(read(*log, std::numeric_limits<std::uint64_t>::max(), no_limit).keys.empty());
}

TEMPLATE_TEST_CASE("a visitor that says no sees no more", "", memory_log_under_test, lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a", "b", "c"})});
  std::string keys;
  const auto until_b = [&](const recorded_event& e) {
    keys += key_of(e);
    return key_of(e) != "b";
  };
  CHECK(log->read(log_start, no_limit, until_b) == position{2});
  CHECK(keys == "ab");
  REQUIRE(log->read_user(ana, log_start, until_b));
  CHECK(keys == "abab");
}

TEMPLATE_TEST_CASE("a user is read alone, oldest first, from any position on", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a"}), wanted(bob, 0, {"b", "c"}), wanted(ana, 1, {"d", "e"}), wanted(bob, 3, {"f"})});
  CHECK(read_user(*log, ana, 0) == "ade");
  CHECK(read_user(*log, bob, 0) == "bcf");
  CHECK(read_user(*log, ana, 1) == "de");
  CHECK(read_user(*log, ana, 2) == "de"); // someone else's event
  CHECK(read_user(*log, ana, 5).empty());
  CHECK(read_user(*log, ana, 100).empty());
  CHECK(read_user(*log, user_id{3}, 0).empty());
}

TEMPLATE_TEST_CASE("a user is read up to one of its events", "", memory_log_under_test, lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a"}), wanted(bob, 0, {"b", "c"}), wanted(ana, 1, {"d", "e"}), wanted(bob, 3, {"f"})});
  log.reopen();
  const auto read_until = [&](std::uint64_t after, std::uint64_t last) {
    std::string keys;
    REQUIRE(log->read_user_until(ana, position{after}, position{last}, [&](const recorded_event& e) {
      keys += key_of(e);
      return true;
    }));
    return keys;
  };
  CHECK(read_until(0, 1) == "a");
  CHECK(read_until(0, 4) == "ad");
  CHECK(read_until(1, 4) == "d");
  CHECK(read_until(2, 5) == "de"); // behind someone else's event
  CHECK(read_until(4, 4).empty());
  CHECK(read_until(5, 4).empty());
  CHECK(read_until(0, 0).empty());
}

TEMPLATE_TEST_CASE("one goes back along a user's events, to the start of the log at most", "", memory_log_under_test,
                   lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a"}), wanted(bob, 0, {"b", "c"}), wanted(ana, 1, {"d", "e"}), wanted(bob, 3, {"f"})});
  log.reopen();
  CHECK(log->user_event_before(ana, position{5}, 0) == position{5});
  CHECK(log->user_event_before(ana, position{5}, 1) == position{4});
  CHECK(log->user_event_before(ana, position{5}, 2) == position{1});
  CHECK(log->user_event_before(ana, position{5}, 3) == log_start);
  CHECK(log->user_event_before(ana, position{5}, no_limit) == log_start);
  CHECK(log->user_event_before(bob, position{6}, 2) == position{2});
  CHECK(log->user_event_before(ana, log_start, 1) == log_start);
}

TEMPLATE_TEST_CASE("a visitor may use the log", "", memory_log_under_test, lmdb_log_under_test) {
  TestType log;
  append(*log, {wanted(ana, 0, {"a", "b"})});
  REQUIRE(log->read(log_start, no_limit, [&](const recorded_event& e) {
    CHECK(read_user(*log, ana, 0).substr(0, 2) == "ab");
    append(*log, {wanted(bob, raw(*log->head_of(bob)), {"x"})});
    return raw(e.at) < 10;
  }));
  CHECK(read(*log, 0, no_limit).keys == "abxx");
}

TEMPLATE_TEST_CASE("events of every type come back as they were", "", memory_log_under_test, lmdb_log_under_test) {
  BTPAY_SEEDED(random);
  TestType log;
  std::vector<event> events;
  events.reserve(100);
  for (int count = 0; count < 100; ++count)
    events.push_back(random_event(random));
  append(*log, {{.user = ana, .expected = log_start, .events = events}});
  log.reopen();
  std::vector<event> seen;
  REQUIRE(log->read_user(ana, log_start, [&](const recorded_event& e) {
    seen.push_back(e.body);
    return true;
  }));
  CHECK((seen == events));
}
