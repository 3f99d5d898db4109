#pragma once
/// One user's view as it is folded and was last rendered: a plain value. No CAF.

#include "actors/view_messages.hpp"
#include "projections/projection.hpp"
#include "storage/view_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace btpay {

/// What a view was before it became what is shown of it.
struct view_change {
  rendering before;    ///< its data is null of a first rendering
  position previous{}; ///< the last event in it
};

/// By what views are folded.
struct folding_rules {
  view_policy policy;
  std::uint64_t code = 0; ///< tells the policy and the code of the view; 0 where nothing of it is kept
};

/// The fold up to `at` in the user's stream, and what it rendered at `cut`. Or asleep: nothing but what was stored of
/// it, which needs no fold until an event comes, the time is over for which it is good, or more than its bytes is
/// wanted.
template <projection View>
struct projected_view {
  explicit projected_view(const folding_rules& rules) : view(rules.policy), code(rules.code) {}

  View view;            ///< empty where asleep
  position at{};        ///< the last event folded
  position told{};      ///< the last event when `shown` was rendered; what the next delta applies to
  rendering shown;      ///< as last rendered, which is what every watcher of level 2 has
  bool asleep = false;  ///< `shown` was stored, and nothing is folded
  bool stale = true;    ///< `shown` may differ from what the view renders now
  instant cut{};        ///< when the windows of `shown` were cut
  instant good_until{}; ///< asleep: until when `shown` is right
  std::uint64_t code;   ///< tells the rules by which it is folded, and was where it is asleep

  /// What the store has of it, as far as is known; the same three give the same bytes.
  struct kept_as {
    position at{};
    instant good_until{};
    std::uint64_t code = 0;
    friend bool operator==(const kept_as&, const kept_as&) = default;
  };
  kept_as kept{};

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

  /// What was folded anew takes the place of the fold; what is shown stays until it is rendered again.
  void renew_as(projected_view&& folded) {
    view = std::move(folded.view);
    at = folded.at;
    code = folded.code;
    asleep = false;
    stale = true;
  }

  void sleep_as(stored_view&& what) {
    asleep = true;
    stale = false;
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
