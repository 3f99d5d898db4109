#pragma once
/// Between Beast's HTTP messages and ours. Pure functions.

#include "actors/ports.hpp"
#include "transport/http_refusals.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace btpay {

using beast_request = boost::beast::http::request<boost::beast::http::string_body>;

/// What of a header Beast's parser lets pass, but we do not. Nothing if all is well.
std::optional<http_refusal> objection_to(const beast_request& request, bool chunked);

/// Whether the request asks for a WebSocket, rightly or not.
bool asks_for_websocket(const beast_request& request);
/// What is wrong with the handshake. Nothing if all is well.
std::optional<http_refusal> objection_to_handshake(const beast_request& request);

/// Takes the body out of `request`. Fails where the target is not a plain path.
result<http_request> from_beast(beast_request& request);

/// A response on its way. Stays where it is until it is written, since the serializer refers to the message.
struct outgoing_response {
  using body = boost::beast::http::span_body<const char>;

  outgoing_response(http_response from, unsigned version, bool keep_alive, bool to_head);

  shared_bytes bytes;
  boost::beast::http::response<body> message;
  boost::beast::http::response_serializer<body> serializer;
};

http_response to_response(const http_refusal& refusal);

} // namespace btpay
