#include "transport/request_target.hpp"

#include <cstdint>
#include <optional>

namespace btpay {

namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F')
    return static_cast<unsigned>(c - 'A') + 10;
  return {};
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size())
      return {};
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low)
      return {};
    const auto byte = static_cast<char>(*high * 16 + *low);
    if (byte == '/')
      return {};
    decoded += byte;
    i += 2;
  }
  return decoded;
}

bool has_control_character(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return true;
  return false;
}

/// RFC 3629: shortest form only, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || i + length > text.size())
      return false;
    std::uint32_t value = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0u) != 0x80)
        return false;
      value = value << 6 | (next & 0x3Fu);
    }
    const bool too_long_form = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (too_long_form || (value >= 0xD800 && value < 0xE000) || value > 0x10FFFF)
      return false;
    i += length;
  }
  return true;
}

bool has_dot_segment(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    if (segment == "." || segment == "..")
      return true;
    begin = end + 1;
  }
  return false;
}

/// What follows the authority in the absolute form; the text itself in the origin form.
std::string_view without_authority(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.substr(0, scheme.size()) != scheme)
      continue;
    const auto path = text.find_first_of("/?", scheme.size());
    return path == std::string_view::npos ? "/" : text.substr(path);
  }
  return text;
}

} // namespace

result<request_target> parse_target(std::string_view text) {
  text = without_authority(text);
  if (text.empty() || text[0] != '/' || text.find('#') != std::string_view::npos)
    return refuse(errc::malformed, "The request target is not a path.");
  const auto question = text.find('?');
  auto path = percent_decoded(text.substr(0, question));
  if (!path || has_control_character(*path) || !is_utf8(*path) || has_dot_segment(*path))
    return refuse(errc::malformed, "The path of the request is not a plain path.");
  request_target target;
  target.path = std::move(*path);
  if (question != std::string_view::npos)
    target.query = text.substr(question + 1);
  return target;
}

} // namespace btpay
