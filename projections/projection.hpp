#pragma once
/// What a projection is: the fold of one user's events into one view. Pure: no CAF, no I/O, no clock.

#include "domain/calendar.hpp"
#include "domain/classifier.hpp"
#include "domain/event.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

enum class view_kind : std::uint8_t { dashboard, pending, hourly, categories };
inline constexpr std::size_t view_kinds = 4;
inline constexpr std::array<view_kind, view_kinds> all_views{view_kind::dashboard, view_kind::pending,
                                                             view_kind::hourly, view_kind::categories};

/// As in a request: "dashboard", "pending", "hourly", "categories".
std::string_view to_string(view_kind) noexcept;
std::optional<view_kind> parse_view_kind(std::string_view) noexcept;

/// How views are cut, for all users of a service.
struct view_policy {
  classifier_ptr rules;
  /// `moneymanager`: rolling windows in UTC, currencies added together, amounts without sign. Else the calendar of
  /// the user's zone, sums in the home currency, refunds lower them.
  bool moneymanager = false;
  /// What is dated later than the last `advance` is left out, as for a moment of the past. Else it is part of the day
  /// and the month that it is in.
  bool until_now = false;
};

/// One view of one user. Owned by one projector actor; not thread-safe.
///
/// A projection starts empty at the beginning of the user's stream, takes every event of the user in log order, and
/// is moved forward in time. What `render` gives depends on the events and the last `advance` alone, never on how the
/// two were interleaved: so a replay gives the same bytes.
template <class P>
concept projection = std::constructible_from<P, const view_policy&> &&
    requires(P p, const P& c, const recorded_event& e, instant now, std::string& out) {
  { P::kind } -> std::convertible_to<view_kind>;
  /// Folds one event. True where the view may have changed.
  { p.apply(e) } -> std::same_as<bool>;
  /// Moves the windows to `now` (backwards too, for `show --at` and clocks that step). True where the view changed.
  { p.advance(now) } -> std::same_as<bool>;
  /// The next instant at which `advance` changes the view by itself; `end_of_time` where there is none.
  { c.next_change() } -> std::same_as<instant>;
  /// Appends the `data` of the view's message as compact JSON, after the last `advance`.
  { c.render(out) } -> std::same_as<void>;
};

} // namespace btpay
