#include "tools/common/json_object.hpp"

#include "domain/unicode.hpp"

#include <limits>

namespace btpay::lines {

namespace {

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

std::string bytes_of_hex(std::string_view text) {
  const auto digit = [](char c) -> unsigned {
    if (c >= '0' && c <= '9')
      return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
      return static_cast<unsigned>(c - 'a' + 10);
    throw bad_line{"has bytes that are not written in lower-case hex digits"};
  };
  if (text.size() % 2 != 0)
    throw bad_line{"has half a byte"};
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2)
    bytes += static_cast<char>(digit(text[i]) << 4U | digit(text[i + 1]));
  return bytes;
}

std::int64_t signed_in(const json& value) {
  if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
    throw bad_line{"is not a whole number in its range"};
  return value.get<std::int64_t>();
}

template <class T>
T required(result<T> made) {
  if (!made)
    throw bad_line{"is wrong: " + made.error().message};
  return *std::move(made);
}

/// The only member of an object.
const json* only_member(const json& value, const char* name) {
  return value.is_object() && value.size() == 1 && value.contains(name) ? &value[name] : nullptr;
}

} // namespace

const std::string& text_in(const json& value, const char* what) {
  if (!value.is_string())
    throw bad_line{std::string("is not ") + what};
  return value.get_ref<const std::string&>();
}

std::uint64_t unsigned_in(const json& value, std::uint64_t largest) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > largest)
    throw bad_line{"is not a whole number in its range"};
  return value.get<std::uint64_t>();
}

json to_value(const std::string& text) { return is_utf8(text) ? json(text) : json::object({{"hex", hex_of(text)}}); }
json to_value(bool value) { return value; }
json to_value(std::uint16_t value) { return value; }

json to_value(instant when) {
  auto text = to_rfc3339(when);
  const auto again = parse_rfc3339(text);
  return again && *again == when ? json(std::move(text)) : json(std::int64_t{when.time_since_epoch().count()});
}

json to_value(const currency& unit) { return unit.code(); }

/// The least number has no decimal that is read again.
json amount_of(const money& sum) {
  if (sum.minor == std::numeric_limits<std::int64_t>::min())
    return json::object({{"minor", sum.minor}});
  return to_decimal(sum);
}

void from_value(const json& value, std::string& text) {
  if (const auto* bytes = only_member(value, "hex"))
    text = bytes_of_hex(text_in(*bytes, "a text"));
  else
    text = text_in(value, "a text");
}

void from_value(const json& value, bool& truth) {
  if (!value.is_boolean())
    throw bad_line{"is neither true nor false"};
  truth = value.get<bool>();
}

void from_value(const json& value, std::uint16_t& number) {
  number = static_cast<std::uint16_t>(unsigned_in(value, std::numeric_limits<std::uint16_t>::max()));
}

void from_value(const json& value, instant& when) {
  if (value.is_number())
    when = instant{duration{signed_in(value)}};
  else
    when = required(parse_rfc3339(text_in(value, "a time")));
}

void from_value(const json& value, currency& unit) { unit = required(currency::parse(text_in(value, "a currency"))); }

void amount_from(const json& value, money& sum) {
  if (const auto* minor = only_member(value, "minor"))
    sum.minor = signed_in(*minor);
  else
    sum = required(parse_money(text_in(value, "an amount"), sum.unit));
}

} // namespace btpay::lines
