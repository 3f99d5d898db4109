#pragma once
/// Compares the live generation of stored views with what the log gives.

#include "tools/common/view_folds.hpp"

#include <string>

namespace btpay {

struct view_difference {
  view_kind kind{};
  user_id user{};
  std::string field; ///< JSON pointer, such as /recent_transactions/0/amount; or what else is wrong
  std::string stored;
  std::string rebuilt;
};

struct view_verification {
  std::uint64_t views = 0;         ///< compared
  std::uint64_t of_other_code = 0; ///< made by other code or rules, so not comparable
  std::uint64_t differences = 0;   ///< fields
};

/// Each stored view is folded again up to its own place in the log and its own instant. `on_difference` is called by
/// one thread at a time. Fails where the views are of another log.
result<view_verification> verify_views(const event_log& log, const view_store& store, const view_generation& live,
                                       const policies& rules, const work_limits& limits, const work_watch& watch,
                                       const std::function<void(const view_difference&)>& on_difference);

/// The members in which two JSON texts differ, each as a JSON pointer with both values.
struct field_difference {
  std::string field;
  std::string stored;
  std::string rebuilt;
};
std::vector<field_difference> differing_fields(const std::string& stored, const std::string& rebuilt);

} // namespace btpay
