#pragma once
/// One form for all spellings of a JSON value, so that a client can prove that it has what we have.

#include <string>
#include <string_view>

namespace btpay {

/// RFC 8785: members sorted by UTF-16 code units, no white space, numbers as ECMAScript prints the nearest double.
/// `json` must be what a `json_writer` wrote.
std::string canonical(std::string_view json);

/// The first 16 hex digits of the SHA-256 of the canonical form.
std::string view_hash(std::string_view json);

/// A finite number as ECMAScript prints it (ECMA-262, Number::toString).
void append_ecmascript(std::string& out, double value);

} // namespace btpay
