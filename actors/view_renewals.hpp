#pragma once
/// Folds views again when other rules come into force. No CAF.

#include "actors/projected_view.hpp"
#include "storage/event_log.hpp"
#include "storage/user_event_cursor.hpp"

#include <spdlog/spdlog.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace btpay {

/// After how many events, when views are folded again by new rules, others have their turn.
inline constexpr std::size_t refolded_events_max = 2'048;

/// To go back along so many links of the log costs as much as to read and fold one event.
inline constexpr std::size_t links_per_event = 3;

/// The views that are still to be folded again, and the new fold of the one whose turn it is: one at a time, since a
/// long history makes a large fold. Meanwhile each old view is as good as it was, and may fold what comes. The new fold
/// takes its place in one step, once it has read as far. Of one projector, which owns the views, on its thread.
template <projection View>
class view_renewals {
public:
  explicit view_renewals(std::shared_ptr<const event_log> log) : log_(std::move(log)) {}

  /// In the place of what was still to be done.
  void begin(std::vector<user_id> users, const folding_rules& rules) {
    turn_.reset();
    users_ = std::move(users);
    rules_ = rules;
  }

  void clear() { begin({}, {}); }

  /// Does what costs as much as `refolded_events_max` events, and at most a portion of as many more. True where there
  /// is more to do. `find(user)` gives the old view, or null where it was forgotten; `renewed(user, view)` is told of
  /// one that was folded again, which is stale. A view stays as it was where the log cannot be read.
  template <std::invocable<user_id> Find, class Renewed>
  bool work(const Find& find, const Renewed& renewed) {
    for (std::size_t cost = 0; begin_turn(find);) {
      if (cost >= refolded_events_max)
        return true;
      const auto user = turn_->read.user();
      auto* old = find(user);
      const auto [how_far, passed] = fold_portion(*turn_, *old);
      cost += passed;
      if (how_far == progress::in_part)
        continue;
      turn_.reset();
      if (how_far == progress::whole)
        renewed(user, *old);
    }
    return false;
  }

private:
  struct renewal {
    user_event_cursor read;
    projected_view<View> folded;
  };
  enum class progress : std::uint8_t { in_part, whole, unreadable };
  struct portion {
    progress how_far;
    std::size_t cost; ///< as so many events that are folded
  };

  /// Makes it the turn of a view that is still there, if there is one.
  template <class Find>
  bool begin_turn(const Find& find) {
    if (turn_ && !find(turn_->read.user()))
      turn_.reset();
    while (!turn_ && !users_.empty()) {
      const auto user = users_.back();
      users_.pop_back();
      if (find(user))
        turn_ = renewal{user_event_cursor(user, log_start, refolded_events_max), projected_view<View>(rules_)};
    }
    return turn_.has_value();
  }

  portion fold_portion(renewal& of, projected_view<View>& old) const {
    const auto passed = of.read.read_on(*log_, [&](const recorded_event& e) { of.folded.apply(e); });
    if (!passed) {
      spdlog::error("projector {}: cannot read user {}: {}", to_string(View::kind), raw(of.read.user()),
                    passed.error().message);
      return {progress::unreadable, 1};
    }
    const auto cost = 1 + passed->events + passed->links / links_per_event;
    if (!of.read.is_at_end() || of.folded.at < old.at)
      return {progress::in_part, cost};
    old.renew_as(std::move(of.folded));
    return {progress::whole, cost};
  }

  std::shared_ptr<const event_log> log_;
  folding_rules rules_;
  std::vector<user_id> users_; ///< whose turn is still to come
  std::optional<renewal> turn_;
};

} // namespace btpay
