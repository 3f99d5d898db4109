#pragma once
/// The largest part of `decide`: what an import makes of a stream. Inside `decide` only.

#include "domain/command.hpp"
#include "domain/decide.hpp"

namespace btpay {

/// `zone` is that of the user's profile, or of the one that the stream will open with.
decision decide_import(const user_state&, const import_transactions&, const decision_policy&,
                       const user_opened& profile);

} // namespace btpay
