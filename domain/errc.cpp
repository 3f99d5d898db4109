#include "domain/errc.hpp"

namespace btpay {

std::string_view to_string(errc code) noexcept {
  switch (code) {
  case errc::malformed:
    return "malformed";
  case errc::missing_field:
    return "missing_field";
  case errc::wrong_type:
    return "wrong_type";
  case errc::invalid_amount:
    return "invalid_amount";
  case errc::amount_overflow:
    return "amount_overflow";
  case errc::invalid_currency:
    return "invalid_currency";
  case errc::invalid_date:
    return "invalid_date";
  case errc::invalid_value:
    return "invalid_value";
  case errc::too_long:
    return "too_long";
  case errc::unknown_command:
    return "unknown_command";
  case errc::unauthenticated:
    return "unauthenticated";
  case errc::forbidden:
    return "forbidden";
  case errc::unknown_user:
    return "unknown_user";
  case errc::unknown_item:
    return "unknown_item";
  case errc::already_exists:
    return "already_exists";
  case errc::stale:
    return "stale";
  case errc::overloaded:
    return "overloaded";
  case errc::shutting_down:
    return "shutting_down";
  case errc::storage_full:
    return "storage_full";
  case errc::storage_failed:
    return "storage_failed";
  case errc::corrupt_record:
    return "corrupt_record";
  case errc::unsupported_version:
    return "unsupported_version";
  }
  return "unknown"; // A number that is none of the enumerators, cast from outside.
}

} // namespace btpay
