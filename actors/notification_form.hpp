#pragma once
/// Reads an order to notify: the body of `POST /api/v1/notifications` (docs/PROTOCOL.md). Pure; no CAF.

#include "actors/interfaces.hpp"
#include "domain/errc.hpp"

#include <string_view>

namespace btpay {

/// `{"user":NAME | "users":[…] | "all":true, "message", "level"?, "amount"?, "currency"?, "key"?, …}`; members that
/// have no meaning here travel to the client as they are. Total.
result<notify> parse_notification(std::string_view body);

} // namespace btpay
