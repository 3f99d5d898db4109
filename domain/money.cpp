#include "domain/money.hpp"

#include "domain/currency_table.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace btpay {

namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// A JSON number taken apart. Its value is the digits of `whole` and `fraction` in a row, times
/// 10^(exponent - size of fraction).
struct decimal_parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const auto digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& rest, char c) {
  if (!rest.starts_with(c))
    return false;
  rest.remove_prefix(1);
  return true;
}

/// Cut off where it no longer matters: no text is long enough to make up for an exponent of a million millions.
std::int64_t to_exponent(std::string_view digits) {
  constexpr std::int64_t far = 1'000'000'000'000;
  std::int64_t value = 0;
  for (const auto c : digits)
    value = std::min(far, 10 * value + (c - '0'));
  return value;
}

std::optional<decimal_parts> take_apart(std::string_view rest) {
  decimal_parts parts;
  if (!take(rest, '+'))
    parts.negative = take(rest, '-');
  parts.whole = take_digits(rest);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0'))
    return std::nullopt;
  if (take(rest, '.')) {
    parts.fraction = take_digits(rest);
    if (parts.fraction.empty())
      return std::nullopt;
  }
  if (take(rest, 'e') || take(rest, 'E')) {
    const auto down = take(rest, '-');
    if (!down)
      take(rest, '+');
    const auto digits = take_digits(rest);
    if (digits.empty())
      return std::nullopt;
    parts.exponent = down ? -to_exponent(digits) : to_exponent(digits);
  }
  if (!rest.empty())
    return std::nullopt;
  return parts;
}

/// Counts in minor units. Stays the same once it would not fit, and tells.
class minor_counter {
public:
  void append(int digit) {
    if (value_ > (largest - digit) / 10)
      overflow_ = true;
    else
      value_ = 10 * value_ + digit;
  }
  bool overflow() const { return overflow_; }
  std::int64_t value() const { return value_; }

private:
  std::int64_t value_ = 0;
  bool overflow_ = false;
};

} // namespace

result<currency> currency::parse(std::string_view text) {
  if (text.size() == 3) {
    const std::array<char, 3> code{upper(text[0]), upper(text[1]), upper(text[2])};
    const std::string_view wanted(code.data(), code.size());
    const auto found = std::ranges::lower_bound(iso_4217::table, wanted, {}, &iso_4217::entry::code);
    if (found != iso_4217::table.end() && found->code == wanted)
      return currency(code, found->exponent);
  }
  return refuse(errc::invalid_currency, "a currency must be an ISO 4217 code, such as RON");
}

result<money> parse_money(std::string_view decimal, currency unit) {
  const auto parts = take_apart(decimal);
  if (!parts)
    return refuse(errc::invalid_amount, "an amount must be a decimal number, such as -12.30");

  const auto digits = static_cast<std::int64_t>(parts->whole.size() + parts->fraction.size());
  const auto shift = unit.exponent() + parts->exponent - static_cast<std::int64_t>(parts->fraction.size());
  const auto counted = digits + shift; // So many digits lie before the point of the minor unit.
  minor_counter minor;
  std::int64_t at = 0;
  for (const auto part : {parts->whole, parts->fraction})
    for (const auto c : part) {
      if (at++ < counted)
        minor.append(c - '0');
      else if (c != '0')
        return refuse(errc::invalid_amount, "an amount in " + std::string(unit.code()) + " has at most " +
                                                std::to_string(unit.exponent()) + " digits after the point");
    }
  for (; at < counted && minor.value() != 0 && !minor.overflow(); ++at)
    minor.append(0);
  if (minor.overflow())
    return refuse(errc::amount_overflow, "an amount must be below 2^63 minor units");
  return money{parts->negative ? -minor.value() : minor.value(), unit};
}

void append_decimal(std::string& out, std::int64_t minor, int exponent) {
  // Unsigned, since the least number has no magnitude in 64 signed bits.
  const auto magnitude_of_minor = minor < 0 ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
  std::array<char, 20> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), magnitude_of_minor).ptr;
  const std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
  const auto decimals = static_cast<std::size_t>(exponent);

  if (minor < 0)
    out += '-';
  if (decimals == 0) {
    out += digits;
  } else if (digits.size() > decimals) {
    out += digits.substr(0, digits.size() - decimals);
    out += '.';
    out += digits.substr(digits.size() - decimals);
  } else {
    out += "0.";
    out.append(decimals - digits.size(), '0');
    out += digits;
  }
}

std::string to_decimal(const money& amount) {
  std::string out;
  append_decimal(out, amount.minor, amount.unit.exponent());
  return out;
}

std::int64_t magnitude(std::int64_t minor) noexcept {
  if (minor >= 0)
    return minor;
  return minor == std::numeric_limits<std::int64_t>::min() ? largest : -minor;
}

bool add_checked(std::int64_t& sum, std::int64_t addend) noexcept {
  std::int64_t added = 0;
  if (__builtin_add_overflow(sum, addend, &added))
    return false;
  sum = added;
  return true;
}

} // namespace btpay
