#include "storage/user_event_cursor.hpp"

#include "storage/memory_event_log.hpp"
#include "tests/storage/random_events.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr user_id ana{1};
constexpr user_id bob{2};
constexpr instant noon{std::chrono::hours{12}};

void append(event_log& log, user_id user, std::size_t count) {
  new_events more{.user = user, .expected = *log.head_of(user), .events = {}};
  for (; count > 0; --count)
    more.events.push_back(note("n"));
  REQUIRE(log.append(std::array{std::move(more)}, noon));
}

/// What one has seen who read on until the end.
struct reading {
  std::vector<std::uint64_t> positions;
  std::size_t calls = 0;
  std::size_t links = 0;
};

reading read_to_the_end(user_event_cursor& cursor, const event_log& log, std::size_t portion) {
  reading seen;
  do {
    const auto passed = cursor.read_on(log, [&](const recorded_event& e) { seen.positions.push_back(raw(e.at)); });
    REQUIRE(passed);
    CHECK(passed->events <= portion);
    seen.links += passed->links;
    ++seen.calls;
  } while (!cursor.is_at_end());
  return seen;
}

std::vector<std::uint64_t> positions_of(const event_log& log, user_id user, position after) {
  std::vector<std::uint64_t> seen;
  REQUIRE(log.read_user(user, after, [&](const recorded_event& e) {
    seen.push_back(raw(e.at));
    return true;
  }));
  return seen;
}

} // namespace

TEST_CASE("a cursor visits in portions what a read visits at once, from any position on") {
  const auto log = make_memory_event_log();
  for (int round = 0; round < 5; ++round) {
    append(*log, ana, 4);
    append(*log, bob, 3);
  }
  for (const std::size_t portion : {1U, 2U, 3U, 7U, 19U, 20U, 21U, 100U})
    for (std::uint64_t after = 0; after <= raw(log->head()) + 1; ++after) {
      CAPTURE(portion, after);
      user_event_cursor cursor(ana, position{after}, portion);
      CHECK_FALSE(cursor.is_at_end());
      const auto seen = read_to_the_end(cursor, *log, portion);
      CHECK(seen.positions == positions_of(*log, ana, position{after}));
      CHECK(seen.links <= seen.positions.size());
      CHECK(seen.calls <= 1 + 2 * seen.positions.size() / portion);
    }
}

TEST_CASE("a cursor at the end goes on with what was appended since") {
  const auto log = make_memory_event_log();
  user_event_cursor cursor(ana, log_start, 4);
  CHECK(read_to_the_end(cursor, *log, 4).positions.empty());
  append(*log, ana, 10);
  CHECK(read_to_the_end(cursor, *log, 4).positions.size() == 10);
  append(*log, bob, 1);
  append(*log, ana, 5);
  CHECK(read_to_the_end(cursor, *log, 4).positions == positions_of(*log, ana, position{10}));
  CHECK(read_to_the_end(cursor, *log, 4).positions.empty());
}

TEST_CASE("a cursor on its way leaves what is appended meanwhile for the next look") {
  const auto log = make_memory_event_log();
  append(*log, ana, 10);
  user_event_cursor cursor(ana, log_start, 4);
  std::vector<std::uint64_t> seen;
  std::size_t looks = 0;
  while (seen.size() < 22) {
    REQUIRE(cursor.read_on(*log, [&](const recorded_event& e) { seen.push_back(raw(e.at)); }));
    if (cursor.is_at_end())
      ++looks;
    if (seen.size() < 12)
      append(*log, ana, 1);
    if (raw(log->head()) < 22 && seen.size() >= 12)
      append(*log, ana, 22 - raw(log->head()));
  }
  CHECK(looks > 1);
  CHECK(seen == positions_of(*log, ana, log_start));
}
