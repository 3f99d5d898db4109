#pragma once
/// The fold of deltas as docs/PROTOCOL.md tells clients to do it: slow and plain, the judge of what makes them.

#include "projections/projection.hpp"

#include <nlohmann/json.hpp>

namespace btpay::testing {

/// Applies the members of a delta message to the `data` of a view.
void fold_delta(view_kind view, nlohmann::json& data, const nlohmann::json& delta);

} // namespace btpay::testing
