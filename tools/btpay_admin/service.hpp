#pragma once
/// The running service, asked over its admin socket.

#include "domain/errc.hpp"
#include "tools/common/data_directory.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace btpay::admin_tool {

/// Posts the order, or where it is null asks. What the service answered; nothing where none runs; a refusal where it
/// refused.
result<std::optional<nlohmann::json>> ask_service(const data_directory& where, const std::string& path,
                                                  const nlohmann::json& order);

/// The same where there has to be one.
result<nlohmann::json> ask_running_service(const data_directory& where, const std::string& path,
                                           const nlohmann::json& order);

} // namespace btpay::admin_tool
