#pragma once
/// What the transport answers by itself, before any route is asked. Always the last response on its connection.

#include "transport/limits.hpp"

#include <string>
#include <string_view>

namespace btpay {

struct http_refusal {
  unsigned status;
  std::string_view code; ///< stable, for programs
  std::string_view message;
  std::string_view header_name = {};
  std::string_view header_value = {};

  /// Neither text needs JSON escapes.
  std::string body() const {
    std::string json = R"({"error":")";
    json.append(code).append(R"(","message":")").append(message).append(R"("})");
    return json;
  }
};

namespace refusals {

inline constexpr http_refusal malformed{400, "malformed", "This is not a valid HTTP request."};
inline constexpr http_refusal bad_handshake{400, "malformed", "This is not a valid WebSocket handshake."};
inline constexpr http_refusal timed_out{408, "timed_out", "The request took too long to arrive."};
inline constexpr http_refusal body_too_long{413, "too_long", "The body is too long. Send it in parts."};
inline constexpr http_refusal target_too_long{414, "too_long", "The address is too long."};
inline constexpr http_refusal unmet_expectation{417, "malformed", "Only 100-continue can be expected."};
inline constexpr http_refusal old_handshake{426, "unsupported_version", "Only WebSocket version 13 is spoken here.",
                                            "Sec-WebSocket-Version", "13"};
inline constexpr http_refusal too_many{429, "overloaded", "There are too many connections of yours. Close some.",
                                       "Retry-After", "5"};
inline constexpr http_refusal headers_too_long{431, "too_long", "The headers are too long."};
inline constexpr http_refusal internal{500, "internal", "The request could not be answered."};
inline constexpr http_refusal unknown_coding{501, "invalid_value", "Of transfer codings only chunked is understood."};
inline constexpr http_refusal overloaded{503, "overloaded", "Too much is going on. Try again.", "Retry-After", "1"};
inline constexpr http_refusal bad_version{505, "unsupported_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here."};

/// `overloaded`, with another time to come back for each turn.
inline http_refusal come_back_later(std::size_t turn) noexcept {
  static constexpr std::string_view seconds = "12345678";
  static_assert(seconds.size() == retry_seconds_max);
  auto refusal = overloaded;
  refusal.header_value = seconds.substr(turn % seconds.size(), 1);
  return refusal;
}

} // namespace refusals
} // namespace btpay
