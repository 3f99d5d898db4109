#pragma once
/// Which stretch of time a window covers, and when a row comes into it and leaves.

#include "domain/calendar.hpp"
#include "projections/ledger.hpp"
#include "projections/projection.hpp"

#include <cstdint>

namespace btpay {

/// `t + by`, or the first or last instant where that does not fit.
instant shifted(instant t, duration by) noexcept;

/// `whole`, or what of it is not later than now where the policy leaves that out.
stretch seen(const stretch& whole, instant now, const view_policy& policy) noexcept;

/// The form of a window, without its place in time. A value.
class period {
public:
  /// Everything since `span` before now, and no end: what lies in the future counts.
  static constexpr period rolling(duration span) noexcept { return {kind::rolling, span, 0}; }
  /// The local day of now, wholly, and the `count - 1` local days before it.
  static constexpr period local_days(int count) noexcept { return {kind::local_days, {}, count}; }
  /// The local month of now, wholly.
  static constexpr period local_month() noexcept { return {kind::local_month, {}, 0}; }

  /// The same, without what is later than now.
  constexpr period until_now() const noexcept {
    auto ending = *this;
    ending.ends_now_ = true;
    return ending;
  }

  stretch at(instant now, const calendar& days) const;

  /// The first instant after which `at` no longer gives `current`, for the listed rows: the oldest within has left
  /// then, or the next one after it has come.
  instant next_move(const stretch& current, const ledger& book, const calendar& days) const;

private:
  enum class kind : std::uint8_t { rolling, local_days, local_month };
  constexpr period(kind k, duration span, int count) noexcept : kind_(k), count_(count), span_(span) {}

  instant enters(instant date, const calendar& days) const;
  instant leaves(instant date, const calendar& days) const;

  stretch whole(instant now, const calendar& days) const;

  kind kind_;
  bool ends_now_ = false;
  int count_;
  duration span_;
};

/// The windows that views speak of, under a policy.
struct periods {
  period day;
  period week;
  period month;
};
periods periods_of(const view_policy& policy) noexcept;

} // namespace btpay
