#pragma once
/// What a client may ask on a socket, at level 1 of docs/PROTOCOL.md.

#include "domain/errc.hpp"

#include <cstdint>
#include <string_view>

namespace btpay {

enum class client_command : std::uint8_t {
  ping,
  request_data,
  request_pending,
  request_hourly,
  request_categories,
  auto_categorize,
};

/// Reads `{"command":"…"}`; other members are ignored, so that a level-1 server can be asked by a later client.
/// Total: any bytes give a command or a reason (`malformed`, `missing_field`, `wrong_type`, `unknown_command`).
result<client_command> parse_client_command(std::string_view text);

} // namespace btpay
