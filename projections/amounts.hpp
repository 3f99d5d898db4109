#pragma once
/// How sums become amounts on the wire: the policy's way with several currencies.

#include "projections/json_writer.hpp"
#include "projections/profile.hpp"
#include "projections/projection.hpp"
#include "projections/tally.hpp"

#include <string_view>

namespace btpay {

/// In the preset all currencies are added up as decimal numbers; else an amount is in the home currency, and the others
/// stand beside it.
class amounts {
public:
  amounts(const view_policy& policy, const profile& who) noexcept : combined_(policy.moneymanager), home_(who.home()) {}

  /// What groups are ranked by, in one unit for all.
  wide rank(group_sums sums) const noexcept;

  /// Writes the member `amount_key`, and `others_key` where there are others to tell.
  void write(json_writer& json, group_sums sums, std::string_view amount_key = "amount",
             std::string_view others_key = "other_amounts") const;

private:
  bool combined_;
  currency home_;
};

/// How one row's amount is measured under a policy.
inline measure measure_of(const view_policy& policy) noexcept {
  return policy.moneymanager ? measure::magnitude : measure::spending;
}

} // namespace btpay
