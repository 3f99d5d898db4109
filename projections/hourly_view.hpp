#pragma once
/// What was spent in each of the last 24 hours.

#include "projections/ledger.hpp"
#include "projections/projection.hpp"
#include "projections/tally.hpp"
#include "projections/user_rows.hpp"
#include "projections/window.hpp"

#include <array>
#include <cstdint>

namespace btpay {

/// A `projection`. Before the first `advance` it is 1970. By default the cells are clock hours of the user's zone, the
/// last one wholly; in the preset they end exactly at now, so that their timestamps change with every `advance`, and
/// `next_change` tells only when a row changes its cell.
class hourly_view {
public:
  static constexpr view_kind kind = view_kind::hourly;
  static constexpr std::size_t cells = 24;

  explicit hourly_view(const view_policy& policy);
  hourly_view(const view_policy& policy, const user_rows& folded);

  bool apply(const recorded_event& e);
  bool advance(instant now);
  instant next_change() const;
  void render(std::string& out) const;

  /// Where the cells are at `now`, oldest first.
  using cell_stretches = std::array<stretch, cells>;
  static cell_stretches stretches_at(instant now, const view_policy& policy, const calendar& days);

private:
  hourly_view(const view_policy& policy, const profile& whose, ledger listed);
  void place();

  view_policy policy_;
  profile profile_;
  ledger ledger_; ///< lists what was spent
  instant now_{};
  std::array<window<tally>, cells> cells_;  ///< oldest first
  std::array<std::uint8_t, cells> hours_{}; ///< what the clock shows where each begins
};

} // namespace btpay
