#pragma once
/// Whether a transaction may be imported at all.

#include "domain/errc.hpp"
#include "domain/transaction.hpp"

namespace btpay {

/// Fails with `missing_field`, `too_long`, `invalid_value`, `invalid_date` or `amount_overflow`; the message begins
/// with the name of the field. The limits are in `limits.hpp`.
result<void> check_row(const transaction& row);

} // namespace btpay
