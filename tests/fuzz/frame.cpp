/// Frames of a client, read as `websocket_connection` reads them: into a small buffer, with the same options. Input:
/// one byte for the size of the pieces that arrive, then the bytes.

#include "tests/fuzz/fuzz.hpp"
#include "transport/limits.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <memory>
#include <string>

using namespace btpay;
namespace net = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::beast::error_code;
/// With the executor itself: one of any type costs more than most frames.
using stream = boost::beast::test::basic_stream<net::io_context::executor_type>;

namespace {

class reader {
public:
  explicit reader(net::io_context& context, std::string_view bytes, std::size_t piece)
      : peer_(context), ws_(stream(context)) {
    ws_.next_layer().connect(peer_);
    ws_.next_layer().read_size(piece);
    ws_.auto_fragment(false);
    ws_.read_message_max(limits{}.message_bytes_max);
    http::request<http::empty_body> request{http::verb::get, "/", 11};
    request.set(http::field::host, "btpay");
    request.set(http::field::connection, "upgrade");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    error_code failure;
    ws_.accept(request, failure);
    peer_.clear();
    ws_.next_layer().append({bytes.data(), bytes.size()});
    peer_.close();
  }

  void read() {
    ws_.async_read_some(net::buffer(buffer_), [this](const error_code& failure, std::size_t bytes) {
      if (failure)
        return;
      message_.append(buffer_.data(), bytes);
      fuzz::must(message_.size() <= limits{}.message_bytes_max);
      if (ws_.is_message_done())
        message_.clear();
      read();
    });
  }

private:
  stream peer_;
  websocket::stream<stream, false> ws_;
  std::array<char, inline_read_bytes> buffer_;
  std::string message_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const auto piece = fuzz::take(rest, 1);
  static net::io_context context{1}; // to make one takes longer than to read most inputs
  context.restart();
  reader all(context, rest, piece.empty() ? 1 : static_cast<unsigned char>(piece[0]) + 1U);
  all.read();
  context.run();
  return 0;
}
