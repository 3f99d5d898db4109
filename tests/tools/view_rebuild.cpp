#include "tools/common/view_rebuild.hpp"

#include "tests/tools/stored_views_fixture.hpp"

#include <algorithm>
#include <atomic>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// As a projector would have it.
std::string folded(const event_log& log, user_id user, view_kind kind, const policies& rules) {
  const auto view = make_view(kind, rules.views);
  REQUIRE(log.read_user(user, log_start, [&view](const recorded_event& e) {
    view->apply(e);
    return true;
  }));
  view->advance(noon);
  std::string data;
  view->render(data);
  return data;
}

constexpr std::uint8_t only(view_kind kind) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind)); }

} // namespace

TEST_CASE_METHOD(stored_views_fixture, "rebuilt views are the folds of their users, by kind and user") {
  REQUIRE(rebuild());
  const auto all = live_views();
  REQUIRE(all.size() == users_in_log * view_kinds);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].kind == i / users_in_log);
    CHECK(raw(all[i].user) == 1 + i % users_in_log);
    CHECK(all[i].at == *log->head_of(all[i].user));
    CHECK(all[i].time == noon);
    CHECK(all[i].data == folded(*log, all[i].user, static_cast<view_kind>(all[i].kind), rules));
  }
}

TEST_CASE_METHOD(stored_views_fixture, "threads and memory change nothing of what is rebuilt") {
  REQUIRE(rebuild());
  const auto expected = live_views();
  for (const work_limits& limits : {work_limits{.threads = 1}, work_limits{.threads = 4},
                                    work_limits{.threads = 3, .memory_bytes = 4096, .users = users_in_log}}) {
    REQUIRE(rebuild({.limits = limits}));
    CHECK(live_views() == expected);
  }
}

TEST_CASE_METHOD(stored_views_fixture, "a rebuild that was stopped goes on, and gives the same bytes") {
  REQUIRE(rebuild());
  const auto expected = live_views();
  const rebuild_order order{.limits = {.threads = 2, .memory_bytes = 8192, .users = users_in_log}};
  for (int chances = 0; chances < 20; ++chances) {
    std::atomic<int> left{chances};
    const auto stopped = rebuild(order, [&left](std::uint64_t) { return --left >= 0; });
    if (stopped)
      continue;
    CHECK(stopped.error().code == errc::shutting_down);
    CHECK(live_views() == expected); // the live one answers meanwhile
    const auto position_then = (*store->unfinished())->at;
    pay(1); // what comes meanwhile is for the next one
    const auto plan = plan_rebuild(*log, *store, rules, order, noon + std::chrono::hours{1});
    REQUIRE(plan);
    CHECK(plan->resumed);
    CHECK(plan->generation.at == position_then);
    store.reset();
    store = open_store();
    REQUIRE(rebuild(order, keep_going, noon + std::chrono::hours{1}));
    const auto resumed = live_views();
    REQUIRE(rebuild({.time = noon, .limits = {.threads = 1}}));
    const auto whole = live_views();
    CHECK(std::count_if(resumed.begin(), resumed.end(), [&](const stored_view& view) {
            return std::find(whole.begin(), whole.end(), view) != whole.end();
          }) >= static_cast<std::ptrdiff_t>((users_in_log - 1) * view_kinds)); // all but the one who paid
    return;
  }
  FAIL("it was never stopped");
}

TEST_CASE_METHOD(stored_views_fixture, "one view or one user can be rebuilt, and the others stay as they were") {
  CHECK(rebuild({.kinds = only(view_kind::hourly)}).error().code == errc::invalid_value); // there is nothing to keep
  REQUIRE(rebuild());
  const auto before = live_views();
  pay(1);
  pay(2);
  REQUIRE(rebuild({.user = user_id{2}}));
  REQUIRE(rebuild({.kinds = only(view_kind::pending)}));
  const auto after = live_views();
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool anew = after[i].user == user_id{2} ||
                      (after[i].user == user_id{1} && after[i].kind == static_cast<std::uint8_t>(view_kind::pending));
    CHECK((after[i] == before[i]) == !anew);
    if (anew)
      CHECK(after[i].data == folded(*log, after[i].user, static_cast<view_kind>(after[i].kind), rules));
  }
}

TEST_CASE_METHOD(stored_views_fixture, "the generation before can be gone back to, once") {
  CHECK(store->roll_back().error().code == errc::unknown_item);
  REQUIRE(rebuild());
  const auto first = live_views();
  pay(1);
  REQUIRE(rebuild());
  CHECK_FALSE(live_views() == first);
  REQUIRE(store->roll_back());
  CHECK(live_views() == first);
  CHECK(store->roll_back().error().code == errc::unknown_item);
  REQUIRE(rebuild());
  CHECK_FALSE(live_views() == first);
}

TEST_CASE_METHOD(stored_views_fixture, "no more than the live generation and the one before are kept") {
  for (int round = 0; round < 4; ++round)
    REQUIRE(rebuild());
  CHECK(store->generations()->size() == 2);
}

TEST_CASE_METHOD(stored_views_fixture, "planning changes nothing") {
  REQUIRE(plan_rebuild(*log, *store, rules, {}, noon));
  CHECK(store->generations()->empty());
}
