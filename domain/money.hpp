#pragma once
/// Exact money: an integer of minor units and an ISO 4217 currency. No floating point anywhere.

#include "domain/errc.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace btpay {

/// An ISO 4217 alphabetic code, such as RON. Only codes of the table in `currency_table.hpp` can be made.
class currency {
public:
  /// RON, the home currency unless an account says otherwise.
  constexpr currency() noexcept : currency({'R', 'O', 'N'}, 2) {}

  /// Case-insensitive. Fails with `invalid_currency`.
  static result<currency> parse(std::string_view text);

  std::string_view code() const noexcept { return {code_.data(), code_.size()}; }

  /// Digits after the decimal point: 0 (JPY), 2 (RON), 3 (KWD) or 4 (CLF).
  int exponent() const noexcept { return exponent_; }

  friend auto operator<=>(const currency&, const currency&) = default;

private:
  constexpr currency(std::array<char, 3> code, std::uint8_t exponent) noexcept : code_(code), exponent_(exponent) {}
  std::array<char, 3> code_;
  std::uint8_t exponent_; ///< follows from the code; kept here to spare looking it up on hot paths
};

/// An amount in minor units (bani, cents) of one currency. Signed as on a statement: a purchase is negative.
struct money {
  std::int64_t minor = 0;
  currency unit;

  friend bool operator==(const money&, const money&) = default;
};

/// Reads a decimal number exactly: sign, digits, point, exponent as JSON allows them, plus a leading `+`.
/// Zeros past the currency's digits are fine; other digits there are `invalid_amount`, too large is `amount_overflow`.
result<money> parse_money(std::string_view decimal, currency unit);

/// Appends the shortest exact form with all of the currency's digits: `-12.30`, `500`. A valid JSON number.
void append_decimal(std::string& out, std::int64_t minor, int exponent);
std::string to_decimal(const money& amount);

/// |minor|, where it exists: the least 64-bit number has none, and `parse_money` never gives it.
std::int64_t magnitude(std::int64_t minor) noexcept;

/// a + b, or false and `sum` unchanged where it does not fit.
[[nodiscard]] bool add_checked(std::int64_t& sum, std::int64_t addend) noexcept;

} // namespace btpay
