#pragma once
/// The judge of the views: what they must render, found the slow way, from all events anew each time.

#include "projections/projection.hpp"

#include <string>
#include <vector>

namespace btpay::testing {

struct oracle_answers {
  std::string dashboard;
  std::string pending;
  std::string hourly;
  std::string categories;
};

oracle_answers judge(const std::vector<recorded_event>& events, const view_policy& policy, instant now);

} // namespace btpay::testing
