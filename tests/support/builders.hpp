#pragma once
/// Values for tests: what is not the point of a test has a default here.

#include "domain/transaction.hpp"

#include <string>
#include <string_view>

namespace btpay::testing {

/// 4 February 2026, 12:30 UTC.
inline const instant noon = *parse_rfc3339("2026-02-04T12:30:00Z");

inline instant at(std::string_view text) { return *parse_rfc3339(text); }

/// A payment of `amount` RON (negative: a purchase), pending, told by the source "test".
inline transaction payment(std::string external_id, std::string_view amount, instant date = noon,
                           std::string description = "BT Pay - Lidl") {
  transaction t;
  t.source = "test";
  t.external_id = std::move(external_id);
  t.date = date;
  t.amount = *parse_money(amount, currency{});
  t.description = std::move(description);
  return t;
}

} // namespace btpay::testing
