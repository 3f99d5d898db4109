#pragma once
/// The part of the contract that is about the past; `interfaces.hpp` is the rest of it.

#include "actors/interfaces.hpp"
#include "projections/explanation.hpp"

#include <array>

namespace btpay {

/// Asks the HISTORIAN about a moment of one user, now unless it says otherwise: some of the views as they stood, or
/// what a number of theirs was made of.
struct past_query {
  using views = std::array<bool, view_kinds>;
  user_id user{};
  std::optional<instant> at;       ///< where the windows are cut
  std::optional<instant> known_at; ///< what was recorded later is left out
  std::optional<position> last;    ///< so is what stands behind it in the log
  std::variant<views, explain_selection> what;
};
struct told_past {
  position at{};                               ///< the last event of the user that it contains
  instant cut{};                               ///< where the windows were cut
  std::array<std::string, view_kinds> views{}; ///< the `data` of those that were wanted
  std::string explanation;                     ///< members of a JSON object
};
struct past_answer {
  result<told_past> told;
};

/// The HISTORIAN interface: folds what was, for who asks. On a thread of its own, so that no one waits for a long fold
/// but those who asked for one.
using historian_actor = caf::typed_actor<
    // Replies from the log, or at once with `overloaded` where too many questions wait.
    caf::replies_to<past_query>::with<past_answer>,
    // Forgets users that nobody has asked about for a while.
    caf::reacts_to<tick>,
    // Folds by other rules from now on.
    caf::reacts_to<policies_changed>,
    // INTERNAL: goes on with the question whose turn it is.
    caf::reacts_to<go_on>>;

} // namespace btpay

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btpay::past_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btpay::past_answer)
