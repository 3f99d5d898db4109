#pragma once
/// Points in time. Always UTC, in microseconds; zones appear only in `calendar.hpp`.

#include "domain/errc.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace btpay {

using duration = std::chrono::microseconds;
using instant = std::chrono::time_point<std::chrono::system_clock, duration>;

/// Later than everything that happens.
inline constexpr instant end_of_time = instant::max();

/// The longest text that `append_rfc3339` adds, in bytes.
inline constexpr std::size_t rfc3339_bytes_max = 32;

/// Appends RFC 3339 in UTC with `Z`: `2026-02-04T14:35:27Z`, or six digits of fraction where they are not all zero.
void append_rfc3339(std::string& out, instant when);
std::string to_rfc3339(instant when);

/// Reads RFC 3339 (RFC 3339 section 5.6): `T` or a space, any offset, up to nine digits of fraction (cut to six).
/// Fails with `invalid_date` for anything else: a date without a zone, a day that does not exist, and what is in UTC
/// before the year 0 or after 9999 included.
result<instant> parse_rfc3339(std::string_view text);

/// Where "now" comes from. Passed in wherever time is needed, so that a test can set it. Any thread.
class clock {
public:
  virtual ~clock() = default;
  virtual instant now() const noexcept = 0;
};

/// The machine's clock.
class machine_clock final : public clock {
public:
  instant now() const noexcept override;
};

} // namespace btpay
