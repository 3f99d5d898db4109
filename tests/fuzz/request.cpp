/// HTTP requests: from the bytes of a header to what the routes see of it.

#include "tests/fuzz/fuzz.hpp"
#include "transport/http_messages.hpp"
#include "transport/request_target.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>

using namespace btpay;
namespace http = boost::beast::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto target = parse_target(text)) {
    fuzz::must(!target->path.empty() && target->path.front() == '/');
    fuzz::must(target->path.find('\0') == std::string::npos);
    fuzz::must(("/" + target->path + "/").find("/../") == std::string::npos);
  }

  http::request_parser<http::string_body> parser;
  parser.header_limit(8 * 1024);
  parser.body_limit(64 * 1024);
  parser.eager(true);
  boost::beast::error_code failure;
  auto rest = text;
  while (!failure && !parser.is_done() && !rest.empty()) {
    const auto used = parser.put(boost::asio::buffer(rest.data(), rest.size()), failure);
    if (used == 0)
      break;
    rest.remove_prefix(used);
  }
  if (!parser.is_header_done())
    return 0;
  auto& request = parser.get();
  if (objection_to(request, parser.chunked()))
    return 0;
  if (asks_for_websocket(request))
    static_cast<void>(objection_to_handshake(request));
  if (const auto ours = from_beast(request))
    for (const auto& [name, value] : ours->headers)
      for (const char c : name)
        fuzz::must(c < 'A' || c > 'Z');
  return 0;
}
