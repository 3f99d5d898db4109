#pragma once
/// Whether what came in may become an event at all.

#include "domain/errc.hpp"
#include "domain/event.hpp"
#include "domain/transaction.hpp"

namespace btpay {

/// Fails with `missing_field`, `too_long`, `invalid_value`, `invalid_date` or `amount_overflow`; the message begins
/// with the name of the field. The limits are in `limits.hpp`.
result<void> check_row(const transaction& row);

/// A category that a user gives. Fails with `invalid_value` or `too_long`.
result<void> check_category(std::string_view category);

/// Fails with `invalid_value` or `too_long`.
result<void> check_alerts(const alerts_set& wanted);

} // namespace btpay
