#pragma once
/// A log of many users, and a store for their views.

#include "storage/memory_event_log.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/temp_dir.hpp"
#include "tools/common/view_rebuild.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace btpay::testing {

inline constexpr std::uint64_t users_in_log = 20;

struct stored_views_fixture {
  std::unique_ptr<event_log> log = make_memory_event_log();
  policies rules = *make_policies("", "");
  temp_dir dir;
  std::unique_ptr<view_store> store = open_store();

  stored_views_fixture() {
    for (std::uint64_t user = 1; user <= users_in_log; ++user)
      append(user, user_opened{"user" + std::to_string(user), "Europe/Bucharest", {}});
    for (int round = 0; round < 5; ++round)
      for (std::uint64_t user = 1; user <= users_in_log; ++user)
        pay(user);
  }

  void append(std::uint64_t user, event what) {
    const std::vector batch{new_events{user_id{user}, *log->head_of(user_id{user}), {std::move(what)}}};
    REQUIRE(log->append(batch, noon));
  }

  void pay(std::uint64_t user) {
    const auto number = std::to_string(raw(log->head()));
    append(user, transaction_imported{payment(number, '-' + number + ".50")});
  }

  std::unique_ptr<view_store> open_store() {
    auto opened = view_store::open(dir.path(), view_store::use::build);
    REQUIRE(opened);
    return std::move(*opened);
  }

  static bool keep_going(std::uint64_t) { return true; }

  result<view_generation> rebuild(const rebuild_order& order = {}, const work_watch& watch = keep_going,
                                  instant now = noon) {
    const auto plan = plan_rebuild(*log, *store, rules, order, now);
    if (!plan)
      return tl::unexpected(plan.error());
    return rebuild_views(*log, *store, rules, *plan, order.limits, watch);
  }

  std::vector<stored_view> live_views() const {
    std::vector<stored_view> all;
    const auto live = store->live();
    REQUIRE(live);
    REQUIRE(*live);
    REQUIRE(store->read((*live)->number, [&all](const stored_view& view) {
      all.push_back(view);
      return true;
    }));
    return all;
  }
};

} // namespace btpay::testing
