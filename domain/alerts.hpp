#pragma once
/// What a user wants to be told of an import. Inside `decide` only, so that a replay tells nothing again.
///
/// - `large:<source>:<external_id>`: a payment of `large_from` or more came, or grew to it. A booked one that takes the
///   place of one which was as large is no news.
/// - `budget:<category>:<currency>:<month>`: the import raised what was spent on a category in a calendar month of the
///   user's zone, and it is now over the limit. Refunds go off. All rows of the import are seen together.
/// - `merchant:<name>`: a payment to a merchant to whom none counted before, by `rule_name_of` it.
///
/// Payments are what counts by the rules, and neither gone nor replaced nor on the review list, nor kept as duplicated
/// or ignored. The keys are posted once per user, so importing again or correcting tells nothing twice.

#include "domain/decide.hpp"

#include <vector>

namespace btpay {

/// Adds the notifications for what the events of an import, all of them, tell.
void post_alerts(const user_state&, const decision_policy&, const user_opened& profile, std::vector<event>& events);

} // namespace btpay
