#include "projections/canonical.hpp"

#include "projections/json_parts.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

namespace btpay {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | (point >> 6U));
    tail(0);
  } else {
    out += static_cast<char>(0xE0U | (point >> 12U));
    tail(6);
    tail(0);
  }
}

/// What a text between quotes says. Our writer escapes nothing by number but controls.
std::string unescaped(std::string_view quoted) {
  std::string text;
  const auto inner = quoted.substr(1, quoted.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != '\\') {
      text += inner[i];
      continue;
    }
    constexpr std::array<std::pair<char, char>, 5> short_forms{
        {{'b', '\b'}, {'t', '\t'}, {'n', '\n'}, {'f', '\f'}, {'r', '\r'}}};
    const char form = inner[++i];
    if (form == 'u') {
      std::uint32_t point = 0;
      std::from_chars(inner.data() + i + 1, inner.data() + i + 5, point, 16);
      append_utf8(text, point);
      i += 4;
      continue;
    }
    const auto found = std::ranges::find(short_forms, form, &std::pair<char, char>::first);
    text += found == short_forms.end() ? form : found->second;
  }
  return text;
}

/// RFC 8785 section 3.2.2.2.
void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
    case '"':
    case '\\':
      out += {'\\', c};
      break;
    case '\b':
      out += "\\b";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      if (const auto byte = static_cast<unsigned char>(c); byte < 0x20)
        out.append("\\u00").append({hex_digits[byte >> 4U], hex_digits[byte & 15U]});
      else
        out += c;
    }
  }
  out += '"';
}

/// The order of UTF-16 code units, seen in UTF-8: that of the bytes, but that a character beyond the first plane (lead
/// byte F0 and up) comes before U+E000 to U+FFFF (lead bytes EE and EF), since its first unit is a surrogate.
bool utf16_before(std::string_view a, std::string_view b) {
  const auto [x, y] = std::ranges::mismatch(a, b);
  if (x == a.end() || y == b.end())
    return x == a.end() && y != b.end();
  const auto one = static_cast<unsigned char>(*x);
  const auto two = static_cast<unsigned char>(*y);
  const auto is_late = [](unsigned char lead) { return lead == 0xEE || lead == 0xEF; };
  if ((one >= 0xF0 && is_late(two)) || (two >= 0xF0 && is_late(one)))
    return one > two;
  return one < two;
}

void append_canonical(std::string& out, std::string_view json) {
  assert(!json.empty());
  switch (json.front()) {
  case '{': {
    std::vector<std::pair<std::string, std::string_view>> members;
    for (const auto& [name, value] : members_of(json))
      members.emplace_back(unescaped(name), value);
    std::ranges::sort(members, utf16_before, &std::pair<std::string, std::string_view>::first);
    out += '{';
    for (const auto& [name, value] : members) {
      if (out.back() != '{')
        out += ',';
      append_text(out, name);
      out += ':';
      append_canonical(out, value);
    }
    out += '}';
    return;
  }
  case '[': {
    out += '[';
    for (const auto element : elements_of(json)) {
      if (out.back() != '[')
        out += ',';
      append_canonical(out, element);
    }
    out += ']';
    return;
  }
  case '"':
    return append_text(out, unescaped(json));
  case 't':
  case 'f':
  case 'n':
    out += json;
    return;
  default: {
    double value = 0;
    std::from_chars(json.data(), json.data() + json.size(), value);
    append_ecmascript(out, value);
  }
  }
}

} // namespace

void append_ecmascript(std::string& out, double value) {
  if (value < 0)
    out += '-';
  value = std::abs(value); // and minus zero is 0
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), value, std::chars_format::scientific).ptr;
  // D.DDDe±XX with the fewest digits that mean the same double.
  const std::string_view printed(text, static_cast<std::size_t>(end - text));
  const auto mark = printed.find('e');
  int exponent = 0;
  std::from_chars(printed.data() + mark + (printed[mark + 1] == '+' ? 2 : 1), end, exponent);
  std::string digits(1, printed.front());
  if (mark > 2)
    digits.append(printed.substr(2, mark - 2));
  const auto count = static_cast<int>(digits.size());
  const int point = exponent + 1; // digits before the decimal point
  constexpr int plain_digits_max = 21;
  constexpr int plain_zeros_max = 6;
  const auto zeros = [&](int many) { out.append(static_cast<std::size_t>(many), '0'); };
  if (count <= point && point <= plain_digits_max) {
    out += digits;
    zeros(point - count);
  } else if (0 < point && point <= plain_digits_max) {
    out.append(digits, 0, static_cast<std::size_t>(point)).append(".").append(digits, static_cast<std::size_t>(point));
  } else if (-plain_zeros_max < point && point <= 0) {
    out += "0.";
    zeros(-point);
    out += digits;
  } else {
    out += digits.front();
    if (count > 1)
      out.append(".").append(digits, 1);
    out.append(exponent < 0 ? "e-" : "e+").append(std::to_string(std::abs(exponent)));
  }
}

std::string canonical(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  append_canonical(out, json);
  return out;
}

std::string view_hash(std::string_view json) {
  const auto text = canonical(json);
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  constexpr std::size_t bytes_told = 8;
  std::string hash;
  for (std::size_t i = 0; i < bytes_told; ++i)
    hash += {hex_digits[digest[i] >> 4U], hex_digits[digest[i] & 15U]};
  return hash;
}

} // namespace btpay
