#include "transport/http_messages.hpp"

#include "transport/request_target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace btpay {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

http_method method_of(http::verb verb) {
  switch (verb) {
  case http::verb::get:
    return http_method::get;
  case http::verb::head:
    return http_method::head;
  case http::verb::post:
    return http_method::post;
  case http::verb::put:
    return http_method::put;
  case http::verb::delete_:
    return http_method::delete_;
  case http::verb::options:
    return http_method::options;
  default:
    return http_method::other;
  }
}

std::string lower_case(beast::string_view text) {
  std::string lower(text);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// The base64 of 16 bytes.
bool is_handshake_key(beast::string_view key) {
  const auto is_base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return key.size() == 24 && key.substr(22) == "==" && std::all_of(key.begin(), key.begin() + 22, is_base64);
}

/// A line break in a header would be a second header, or a body, of whoever chose the value.
bool is_header_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

bool can_be_sent(const http_response& response) {
  return is_header_text(response.content_type) &&
         std::all_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
           return !header.first.empty() && is_header_text(header.first) && is_header_text(header.second);
         });
}

} // namespace

std::optional<http_refusal> objection_to(const beast_request& request, bool chunked) {
  // RFC 9112 section 3.2. Two hosts are two meanings.
  const auto hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version() >= 11))
    return refusals::malformed;
  // Beast takes a coding that it does not know for no body at all, which would make a request of the body.
  const auto codings = request.count(http::field::transfer_encoding);
  if (codings > 0 && (codings > 1 || !chunked || !beast::iequals(request[http::field::transfer_encoding], "chunked")))
    return refusals::unknown_coding;
  const auto expected = request.find(http::field::expect);
  if (expected != request.end() && !beast::iequals(expected->value(), "100-continue"))
    return refusals::unmet_expectation;
  return {};
}

bool asks_for_websocket(const beast_request& request) { return beast::websocket::is_upgrade(request); }

std::optional<http_refusal> objection_to_handshake(const beast_request& request) {
  if (request[http::field::sec_websocket_version] != "13")
    return refusals::old_handshake;
  if (request.count(http::field::sec_websocket_key) != 1 ||
      !is_handshake_key(request[http::field::sec_websocket_key]) || !request.body().empty())
    return refusals::bad_handshake;
  return {};
}

result<http_request> from_beast(beast_request& request) {
  const auto text = request.target();
  auto target = parse_target({text.data(), text.size()});
  if (!target)
    return tl::unexpected(std::move(target.error()));
  http_request ours;
  ours.method = method_of(request.method());
  ours.path = std::move(target->path);
  ours.query = std::move(target->query);
  for (const auto& field : request)
    ours.headers.emplace_back(lower_case(field.name_string()), field.value());
  ours.body = std::move(request.body());
  return ours;
}

outgoing_response::outgoing_response(http_response from, unsigned version, bool keep_alive, bool to_head)
    : serializer(message) {
  if (!can_be_sent(from))
    from = to_response(refusals::internal);
  bytes = std::move(from.body);
  message.version(version);
  message.result(from.status);
  for (const auto& [name, value] : from.headers)
    message.insert(name, value);
  message.set(http::field::server, "btpay");
  // RFC 9110 sections 8.6 and 15: these two have no body and tell no length.
  if (from.status != 204 && from.status != 304) {
    if (bytes)
      message.set(http::field::content_type, from.content_type);
    message.content_length(bytes ? bytes->size() : 0);
    if (bytes && !to_head)
      message.body() = {bytes->data(), bytes->size()};
  }
  message.keep_alive(keep_alive);
}

http_response to_response(const http_refusal& refusal) {
  http_response response;
  response.status = refusal.status;
  response.body = std::make_shared<const std::string>(refusal.body());
  if (!refusal.header_name.empty())
    response.headers.emplace_back(refusal.header_name, refusal.header_value);
  return response;
}

} // namespace btpay
