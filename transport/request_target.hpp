#pragma once
/// The request target of RFC 9112 as a path that can be compared with a route: decoded once, never twice, and refused
/// where two readers could take it for different paths.

#include "domain/errc.hpp"

#include <string>
#include <string_view>

namespace btpay {

struct request_target {
  std::string path;  ///< begins with `/`; valid UTF-8 without control characters
  std::string query; ///< as sent, without the `?`
};

/// Origin form (`/a?b`) and absolute form (`http://host/a?b`). Fails with `malformed`: not one of these, a broken `%`
/// escape, an escaped `/`, a control character, invalid UTF-8, a `.` or `..` segment.
result<request_target> parse_target(std::string_view text);

} // namespace btpay
