#pragma once
/// Makes the stored views from the log: a new generation beside the live one, then the switch.

#include "tools/common/view_folds.hpp"

#include <optional>

namespace btpay {

struct rebuild_order {
  std::uint8_t kinds = (1U << view_kinds) - 1; ///< bits of the kinds
  std::optional<user_id> user{};               ///< nobody else
  std::optional<instant> time{};               ///< where the windows are cut; now where it is not given
  work_limits limits{};
};

/// What a rebuild is going to do, or goes on with.
struct rebuild_plan {
  view_generation generation;
  bool resumed = false;                     ///< it was begun earlier, in the same way
  std::vector<std::uint32_t> parts() const; ///< that are not done
  /// Events that are to be read, most of them for several parts.
  std::uint64_t events() const { return parts().size() * raw(generation.at); }
};

/// Without any change of the store.
result<rebuild_plan> plan_rebuild(const event_log& log, const view_store& store, const policies& rules,
                                  const rebuild_order& order, instant now);

/// Builds and switches. Killed at any moment, the same order goes on where it was and gives the same bytes.
result<view_generation> rebuild_views(const event_log& log, view_store& store, const policies& rules,
                                      const rebuild_plan& plan, const work_limits& limits, const work_watch& watch);

} // namespace btpay
