#pragma once
/// What waits for a category: the newest 20 payments, whenever they were, and how many there are in all.

#include "projections/ledger.hpp"
#include "projections/projection.hpp"
#include "projections/tally.hpp"
#include "projections/user_rows.hpp"

namespace btpay {

/// A `projection`. Time does not change it, but where the policy leaves out what is later than now.
class pending_view {
public:
  static constexpr view_kind kind = view_kind::pending;
  static constexpr std::size_t shown_max = 20;

  explicit pending_view(const view_policy& policy);
  pending_view(const view_policy& policy, const user_rows& folded);

  bool apply(const recorded_event& e);
  bool advance(instant now);
  instant next_change() const;
  void render(std::string& out) const;

  /// Appends `"count":…,"amount":…` of all that waits, shown or not.
  void render_totals(std::string& out) const;

private:
  void count();
  stretch shown() const noexcept;
  bool take_rule(const recorded_event& e, std::string_view merchant);

  view_policy policy_;
  profile profile_;
  ledger ledger_; ///< lists what waits
  tally total_;
  instant now_ = instant::min();
};

} // namespace btpay
