#include "projections/json_writer.hpp"

#include <charconv>
#include <cstring>
#include <iterator>

namespace btpay {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool is_plain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

constexpr std::uint64_t each_byte(std::uint8_t value) noexcept { return 0x0101'0101'0101'0101U * value; }

/// Whether all eight are plain, without a look at each: borrows of the subtractions show in the bytes' upper bits. A
/// borrow may run on and call a plain byte not plain, never the reverse.
bool are_plain(const char* eight) noexcept {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, eight, sizeof bytes);
  const auto control = bytes - each_byte(0x20);
  const auto quote = (bytes ^ each_byte('"')) - each_byte(1);
  const auto backslash = (bytes ^ each_byte('\\')) - each_byte(1);
  return ((bytes | control | quote | backslash) & each_byte(0x80)) == 0;
}

/// How many plain bytes `text` begins with.
std::size_t plain_bytes(std::string_view text) noexcept {
  std::size_t run = 0;
  while (text.size() - run >= 8 && are_plain(text.data() + run))
    run += 8;
  while (run < text.size() && is_plain(text[run]))
    ++run;
  return run;
}

/// The beginning of a text that is not empty: one character, or the longest part that could have become one.
struct utf8_part {
  std::size_t bytes;
  bool whole;
};

/// `text` begins with a byte outside ASCII. The ranges are those of table 3-7 in the Unicode standard.
utf8_part next_part(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4)
    return {1, false};
  const std::size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char greatest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < bytes; ++i) {
    if (i == text.size() || byte(i) < least || byte(i) > greatest)
      return {i, false};
    least = 0x80;
    greatest = 0xBF;
  }
  return {bytes, true};
}

void append_ascii_escaped(std::string& out, char c) {
  switch (c) {
  case '"':
  case '\\':
    out += {'\\', c};
    return;
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default: {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += {hex[byte >> 4U], hex[byte & 15U]};
  }
  }
}

/// Writes the digits before `end`, and gives where they begin.
template <class Unsigned>
char* write_decimal_before(char* end, Unsigned magnitude, int exponent) noexcept {
  for (int digits = 0; magnitude != 0 || digits <= exponent; ++digits) {
    if (digits == exponent && exponent > 0)
      *--end = '.';
    *--end = static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  }
  return end;
}

} // namespace

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto run = plain_bytes(text);
    out.append(text, 0, run);
    text.remove_prefix(run);
    if (text.empty())
      return;
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      append_ascii_escaped(out, text.front());
      text.remove_prefix(1);
    } else {
      const auto part = next_part(text);
      out.append(part.whole ? text.substr(0, part.bytes) : replacement);
      text.remove_prefix(part.bytes);
    }
  }
}

json_writer& json_writer::key(std::string_view name) {
  out_.append(comma_ ? ",\"" : "\"");
  out_.append(name);
  out_.append("\":");
  comma_ = false;
  return *this;
}

json_writer& json_writer::key_text(std::string_view name) {
  text(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

json_writer& json_writer::text(std::string_view value) {
  separate();
  out_ += '"';
  append_escaped(out_, value);
  out_ += '"';
  return *this;
}

json_writer& json_writer::text_or_null(std::string_view value) {
  if (!value.empty())
    return text(value);
  separate();
  out_ += "null";
  return *this;
}

json_writer& json_writer::number(std::uint64_t value) {
  separate();
  char digits[20];
  out_.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
  return *this;
}

json_writer& json_writer::date(instant value) {
  separate();
  out_ += '"';
  append_rfc3339(out_, value);
  out_ += '"';
  return *this;
}

json_writer& json_writer::whole(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

json_writer& json_writer::decimal(wide minor, int exponent) {
  separate();
  __extension__ using unsigned_wide = unsigned __int128;
  const auto magnitude = minor < 0 ? -static_cast<unsigned_wide>(minor) : static_cast<unsigned_wide>(minor);
  char text[48]; // 39 digits, a point and a sign
  const auto narrow = static_cast<std::uint64_t>(magnitude);
  char* begin = narrow == magnitude ? write_decimal_before(std::end(text), narrow, exponent)
                                    : write_decimal_before(std::end(text), magnitude, exponent);
  if (minor < 0)
    *--begin = '-';
  out_.append(begin, std::end(text));
  return *this;
}

json_writer& json_writer::begin(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

json_writer& json_writer::end(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void json_writer::separate() {
  if (comma_)
    out_ += ',';
  comma_ = true;
}

} // namespace btpay
