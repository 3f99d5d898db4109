#pragma once
/// One user's view as a projector holds it.

#include "actors/interfaces.hpp"
#include "actors/view_messages.hpp"
#include "storage/view_store.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace btpay {

struct view_watcher {
  session_actor who;
  view_form form;
  std::uint32_t subscription;
};

/// The fold up to `at` in the user's stream, and what it rendered at `cut`. Or asleep: nothing but what was stored of
/// it, which needs no fold until an event comes, the time is over for which it is good, or more than its bytes is
/// wanted.
template <projection View>
struct projected_view {
  projected_view(const view_policy& policy, std::uint64_t code_now) : view(policy), code(code_now) {}

  View view;       ///< empty where asleep
  position at{};   ///< the last event folded
  position told{}; ///< the last event when `shown` was rendered; what the next delta applies to
  std::vector<view_watcher> watchers;
  rendering shown;           ///< as last rendered, which is what every watcher of level 2 has
  bool asleep = false;       ///< `shown` was stored, and nothing is folded
  bool stale = true;         ///< `shown` may differ from what the view renders now
  bool changed = false;      ///< since the last periodic message
  bool moved = false;        ///< time alone made the last change
  std::uint32_t deltas = 0;  ///< told so far
  instant due = end_of_time; ///< its key in the projector's list, where it is there
  instant last_used{};
  instant cut{};          ///< when the windows of `shown` were cut
  instant good_until{};   ///< asleep: until when `shown` is right
  std::uint64_t code = 0; ///< tells the rules by which it is folded, and was where it is asleep

  /// What the store has of it, as far as is known; the same three give the same bytes.
  struct kept_as {
    position at{};
    instant good_until{};
    std::uint64_t code = 0;
    friend bool operator==(const kept_as&, const kept_as&) = default;
  };
  kept_as kept{};
  instant kept_time{}; ///< when it was last handed over to be kept

  void apply(const recorded_event& e) {
    stale |= view.apply(e);
    at = e.at;
  }

  rendering rendered(std::size_t bytes_usual) const {
    auto data = std::make_shared<std::string>();
    data->reserve(bytes_usual);
    view.render(*data);
    rendering made{std::move(data), {}};
    if constexpr (requires { view.render_totals(made.totals); })
      view.render_totals(made.totals);
    return made;
  }

  void sleep_as(stored_view&& what) {
    asleep = true;
    stale = false;
    changed = true;
    at = told = what.at;
    cut = what.time;
    good_until = what.good_until;
    kept = {at, good_until, code};
    shown = {std::make_shared<const std::string>(std::move(what.data)), {}};
  }

  bool is_good(instant now) const noexcept { return !asleep || (cut <= now && now < good_until); }

  instant next_change() const { return asleep ? good_until : view.next_change(); }

  /// For the store, where that has another. Only what is up to date is worth it.
  std::optional<kept_view> to_keep(user_id user) {
    if (asleep || stale || !shown.data || at == log_start || code == 0)
      return std::nullopt;
    const kept_as wanted{at, view.next_change(), code};
    if (wanted == kept)
      return std::nullopt;
    kept = wanted;
    return kept_view{View::kind, user, at, cut, wanted.good_until, code, shown.data};
  }
};

} // namespace btpay
