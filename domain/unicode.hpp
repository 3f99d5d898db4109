#pragma once
/// Code points of UTF-8 text, as far as the rules need them. Total: ill-formed bytes are code points that are nothing.

#include <cstddef>
#include <string>
#include <string_view>

namespace btpay {

/// What `take_code_point` gives for bytes that are not UTF-8.
inline constexpr char32_t no_code_point = 0xFFFFFFFF;

/// The code point that begins at byte `at`, which must be inside `text`; moves `at` behind it.
char32_t take_code_point(std::string_view text, std::size_t& at) noexcept;

void append_code_point(std::string& out, char32_t c);

/// White space as Python's `str.isspace` and `\s` have it: Unicode's, and the four ASCII separators 1C to 1F.
bool is_space(char32_t c) noexcept;

/// Category Nd: 0 to 9 in any script.
bool is_decimal_digit(char32_t c) noexcept;

bool is_utf8(std::string_view text) noexcept;

/// Without white space at both ends.
std::string_view trim(std::string_view text) noexcept;

/// Trimmed, and every run of white space inside is one space.
std::string squeeze(std::string_view text);

} // namespace btpay
