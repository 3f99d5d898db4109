#pragma once
/// The figures of today, this month and the last 30 days, for who asks now and then.

#include "projections/ledger.hpp"
#include "projections/profile.hpp"
#include "projections/projection.hpp"

namespace btpay {

/// Folds like a `projection`, but is not pushed to anybody: it keeps no sums, and each rendering costs the rows of the
/// time that it tells of.
class stats_view {
public:
  explicit stats_view(const view_policy& policy);

  void apply(const recorded_event& e);

  /// Appends the view at `now` as compact JSON.
  void render(std::string& out, instant now) const;

private:
  view_policy policy_;
  profile profile_;
  ledger ledger_; ///< lists what was spent
};

} // namespace btpay
