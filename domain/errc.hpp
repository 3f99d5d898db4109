#pragma once
/// Why something was refused. Each value is also the `code` a client reads on the wire, so a value is never renamed.

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace btpay {

enum class errc {
  // Input that cannot be read.
  malformed,        ///< not JSON, not the form that is asked for
  missing_field,    ///< a required field is absent
  wrong_type,       ///< a field has another JSON type than documented
  invalid_amount,   ///< not a decimal number, or more digits than the currency has
  amount_overflow,  ///< does not fit a 64-bit count of minor units
  invalid_currency, ///< not an ISO 4217 code that we know
  invalid_date,     ///< not RFC 3339
  invalid_value,    ///< a value outside its documented set
  too_long,         ///< longer than its limit
  unknown_command,  ///< no such command
  // Input that is not allowed, or not now.
  unauthenticated, ///< no valid log-in or token
  forbidden,       ///< the token or user may not do this
  unknown_user,    ///< no account of that name
  unknown_item,    ///< no transaction, notification or view of that name
  already_exists,  ///< the name is taken
  // Our own state.
  stale,               ///< the user's stream moved on since the decision was made: decide again
  overloaded,          ///< a queue is full: try again later
  shutting_down,       ///< the service is stopping
  storage_full,        ///< no room on the disk; nothing was written
  storage_failed,      ///< the store could not be read or written
  corrupt_record,      ///< a record that fails its checksum or does not decode
  unsupported_version, ///< written by a newer version of btpay
};

/// The wire spelling, such as "invalid_amount".
std::string_view to_string(errc code) noexcept;

/// An expected failure: what kind it is, and a sentence that says what to do about it.
struct refusal {
  errc code;
  std::string message;
};

/// A value, or why there is none. Exceptions stay inside modules; results cross them.
template <class T>
using result = tl::expected<T, refusal>;

/// Shorthand for `return refuse(errc::x, "…")` in a function that returns a result.
inline tl::unexpected<refusal> refuse(errc code, std::string message) {
  return tl::unexpected<refusal>(refusal{code, std::move(message)});
}

} // namespace btpay
