#pragma once
/// Writes compact JSON to the end of a string. The caller keeps the nesting right; what comes out is then always valid,
/// whatever the texts are.

#include "domain/time.hpp"
#include "projections/row.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace btpay {

/// Lives within one rendering. Puts the commas.
class json_writer {
public:
  explicit json_writer(std::string& out) noexcept : out_(out) {}

  json_writer& begin_object() { return begin('{'); }
  json_writer& end_object() { return end('}'); }
  json_writer& begin_array() { return begin('['); }
  json_writer& end_array() { return end(']'); }

  /// A member's name, one of ours that needs no escapes; its value comes next.
  json_writer& key(std::string_view name);
  /// A member's name that may be anything.
  json_writer& key_text(std::string_view name);

  json_writer& text(std::string_view value);
  json_writer& text_or_null(std::string_view value);
  json_writer& number(std::uint64_t value);
  json_writer& date(instant value);
  /// A value that is JSON already.
  json_writer& whole(std::string_view json);

  /// `minor` units of 10^-exponent, with all its digits: -12.30.
  json_writer& decimal(wide minor, int exponent);

private:
  json_writer& begin(char bracket);
  json_writer& end(char bracket);
  void separate();

  std::string& out_;
  bool comma_ = false; ///< a value stands right before
};

/// Appends `text` as the inside of a JSON string. What is not UTF-8 becomes U+FFFD, one for each longest part that
/// could have begun a character (Unicode 15, section 3.9).
void append_escaped(std::string& out, std::string_view text);

} // namespace btpay
