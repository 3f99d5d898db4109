#pragma once
/// Reads the members of `subscribe` (docs/PROTOCOL.md). Pure; no CAF.

#include "actors/client_command.hpp"

#include <nlohmann/json_fwd.hpp>

namespace btpay {

/// `document` is an object, as `parse_exactly` gives it. Total.
result<client_command> read_subscribe(const nlohmann::json& document);

} // namespace btpay
