/// The log on disk against the one in memory: the same random operations, and every answer alike.

#include "tests/contract/log_under_test.hpp"
#include "tests/storage/random_events.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr std::size_t users = 6;

user_id random_user(rng& random) { return user_id{1 + below(random, users)}; }

std::vector<new_events> random_batch(rng& random, const event_log& log) {
  std::vector<new_events> batch(below(random, 6));
  for (auto& one : batch) {
    one.user = random_user(random);
    one.expected = *log.head_of(one.user); // stale where the batch holds another of the same user
    if (below(random, 5) == 0)
      one.expected = position{below(random, raw(log.head()) + 2)};
    for (auto count = below(random, 4); count > 0; --count)
      one.events.push_back(random_event(random));
  }
  return batch;
}

void append_to_both(rng& random, event_log& disk, event_log& model) {
  const auto batch = random_batch(random, model);
  const auto recorded_at = random_instant(random);
  const auto made = disk.append(batch, recorded_at);
  const auto expected = model.append(batch, recorded_at);
  REQUIRE(made);
  REQUIRE(made->size() == expected->size());
  for (std::size_t i = 0; i < made->size(); ++i) {
    const auto& ours = (*made)[i];
    const auto& theirs = (*expected)[i];
    REQUIRE(ours.has_value() == theirs.has_value());
    if (ours) {
      REQUIRE(ours->first == theirs->first);
      REQUIRE(ours->last == theirs->last);
      REQUIRE(ours->previous == theirs->previous);
    } else {
      REQUIRE(ours.error().code == theirs.error().code);
    }
  }
}

/// Visits up to `stop_after` events.
struct collector {
  std::size_t stop_after;
  std::vector<recorded_event> seen{};

  event_visitor visitor() {
    return [this](const recorded_event& e) {
      seen.push_back(e);
      return seen.size() < stop_after;
    };
  }
};

void require_same(const collector& ours, const collector& theirs) {
  REQUIRE(ours.seen.size() == theirs.seen.size());
  for (std::size_t i = 0; i < ours.seen.size(); ++i) {
    REQUIRE(ours.seen[i].at == theirs.seen[i].at);
    REQUIRE(ours.seen[i].previous == theirs.seen[i].previous);
    REQUIRE(ours.seen[i].user == theirs.seen[i].user);
    REQUIRE(ours.seen[i].recorded_at == theirs.seen[i].recorded_at);
    REQUIRE((ours.seen[i].body == theirs.seen[i].body));
  }
}

void read_both(rng& random, const event_log& disk, const event_log& model) {
  const position after{below(random, raw(model.head()) + 2)};
  const auto count_max = below(random, 2) == 0 ? std::numeric_limits<std::size_t>::max() : below(random, 20);
  collector ours{.stop_after = 1 + below(random, 200)};
  collector theirs{.stop_after = ours.stop_after};
  REQUIRE(*disk.read(after, count_max, ours.visitor()) == *model.read(after, count_max, theirs.visitor()));
  require_same(ours, theirs);
}

void read_a_user_of_both(rng& random, const event_log& disk, const event_log& model) {
  const auto user = random_user(random);
  const position after{below(random, 3) == 0 ? 0 : below(random, raw(model.head()) + 2)};
  collector ours{.stop_after = 1 + below(random, 50)};
  collector theirs{.stop_after = ours.stop_after};
  REQUIRE(disk.read_user(user, after, ours.visitor()));
  REQUIRE(model.read_user(user, after, theirs.visitor()));
  require_same(ours, theirs);
}

void compare_heads(const event_log& disk, const event_log& model) {
  REQUIRE(disk.head() == model.head());
  for (std::uint64_t user = 1; user <= users + 1; ++user)
    REQUIRE(*disk.head_of(user_id{user}) == *model.head_of(user_id{user}));
}

} // namespace

TEST_CASE("the log on disk answers as the one in memory does, through any number of reopenings") {
  BTPAY_SEEDED(random);
  lmdb_log_under_test disk;
  memory_log_under_test model;
  for (int step = 0; step < 400; ++step) {
    switch (below(random, 8)) {
    case 0:
    case 1:
    case 2:
      append_to_both(random, *disk, *model);
      break;
    case 3:
    case 4:
      read_both(random, *disk, *model);
      break;
    case 5:
    case 6:
      read_a_user_of_both(random, *disk, *model);
      break;
    default:
      disk.reopen();
    }
    compare_heads(*disk, *model);
  }
}
