#pragma once
/// What changed between two renderings of a view, as docs/PROTOCOL.md tells it to clients of level 2. Made from the
/// bytes alone, so that no view has to remember what it told whom.

#include "projections/projection.hpp"

#include <string>
#include <string_view>

namespace btpay {

/// Appends the members of the delta that makes `after` of `before`, each behind a comma: `,"set":{…},"unset":[…]`, and
/// so on for each view. False where nothing differs but the order of members; then nothing is appended. Both are what
/// one view rendered. Costs some microseconds: every byte is looked at twice, and lists are short.
bool append_delta(std::string& out, view_kind view, std::string_view before, std::string_view after);

} // namespace btpay
