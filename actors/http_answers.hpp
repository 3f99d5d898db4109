#pragma once
/// Small pure helpers for HTTP: reading cookies and forms, and the shapes of answers. No CAF.

#include "actors/interfaces.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// The value of a cookie, or empty.
std::string_view cookie(const http_request& request, std::string_view name);

/// The token of `Authorization: Bearer …`, or empty.
std::string_view bearer_token(const http_request& request);

/// Whether an address, as in `http_request::peer`, is this machine.
bool is_loopback(std::string_view address);

/// A field of an `application/x-www-form-urlencoded` text, decoded; absent where it is not there.
std::optional<std::string> form_field(std::string_view form, std::string_view name);

/// A whole number of a query; `otherwise` where it is not there. Fails with `invalid_value`.
result<std::int64_t> number_of(std::string_view query, std::string_view name, std::int64_t least, std::int64_t most,
                               std::int64_t otherwise);

/// Whether the request's media type is this one, parameters such as a charset aside.
bool has_media_type(const http_request& request, std::string_view media_type);

/// Percent-encodes everything but unreserved characters and `/`.
std::string percent_encoded(std::string_view text);

/// `next` where it leads to this service; else the dashboard.
std::string local_target(std::string_view next);

/// Whether the request's `Origin`, where there is one, is the host that it was sent to. A program sends none.
bool is_same_origin(const http_request& request);

/// Whether a browser sent it for another site than this service and those allowed. By `Origin`; where there is none, by
/// `Sec-Fetch-Site`. A browser sends one or the other with all that can change something; a program sends neither.
bool is_foreign(const http_request& request, const std::vector<std::string>& allowed_origins);

http_response json_answer(unsigned status, std::string body);

/// `{"error":CODE,"message":…}` with the status that belongs to the code.
http_response refusal_answer(const refusal& why);

http_response redirect(std::string location);

http_response text_answer(unsigned status, std::string text);

} // namespace btpay
