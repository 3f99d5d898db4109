#pragma once
/// What a user wants to be told of an import. Inside `decide` only, so that a replay tells nothing again.

#include "domain/decide.hpp"
#include "domain/drafted_import.hpp"
#include "domain/matching.hpp"

#include <vector>

namespace btpay {

/// Adds the notifications for what `import` tells, each with a key that it has but once per user.
void post_alerts(const user_state&, const decision_policy&, const user_opened& profile, const drafted_import& import,
                 const matcher& matched, std::vector<event>& events);

} // namespace btpay
