#include "domain/unicode.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

namespace btpay {

char32_t take_code_point(std::string_view text, std::size_t& at) noexcept {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) {
    ++at;
    return first;
  }
  // ICU's macro counts in 32 bits and never looks further than four bytes ahead.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data()) + at;
  const auto size = static_cast<std::int32_t>(std::min<std::size_t>(text.size() - at, U8_MAX_LENGTH));
  std::int32_t taken = 0;
  UChar32 c = 0;
  U8_NEXT(bytes, taken, size, c);
  at += static_cast<std::size_t>(taken);
  return c < 0 ? no_code_point : static_cast<char32_t>(c);
}

void append_code_point(std::string& out, char32_t c) {
  std::uint8_t bytes[U8_MAX_LENGTH];
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, c);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

bool is_space(char32_t c) noexcept {
  if (c < 0x80)
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return c != no_code_point && u_isUWhiteSpace(static_cast<UChar32>(c));
}

bool is_decimal_digit(char32_t c) noexcept {
  if (c < 0x80)
    return c >= '0' && c <= '9';
  return c != no_code_point && u_isdigit(static_cast<UChar32>(c));
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();)
    if (take_code_point(text, at) == no_code_point)
      return false;
  return true;
}

std::string_view trim(std::string_view text) noexcept {
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    if (is_space(take_code_point(text, at)))
      continue;
    begin = std::min(begin, start);
    end = at;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view{};
}

std::string squeeze(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  auto gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    if (is_space(take_code_point(text, at))) {
      gap = true;
      continue;
    }
    if (gap && !out.empty())
      out += ' ';
    gap = false;
    out += text.substr(start, at - start);
  }
  return out;
}

} // namespace btpay
