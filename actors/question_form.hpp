#pragma once
/// How `explain` and `as_of` are read. Pure; no CAF.

#include "actors/client_command.hpp"

#include <nlohmann/json_fwd.hpp>

namespace btpay {

result<client_command> read_explain(const nlohmann::json& document);
result<client_command> read_as_of(const nlohmann::json& document);

} // namespace btpay
