/// The yardstick: what a WebSocket costs with Beast and nothing else. One thread, no actors, no limits, no time-outs; a
/// fixed pong for each message, by one `async_read` and one `async_write`, as in Beast's examples. It has the fastest
/// stream that Beast offers (no deflate, a concrete executor), so that the comparison favours nobody.
///
///   bare_echo [PORT]      prints `listening on PORT`, serves until killed

#include "bench/bare_server.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

constexpr std::string_view pong = R"({"type":"pong","timestamp":"2026-02-04T14:35:00Z"})";

class echo_connection : public std::enable_shared_from_this<echo_connection> {
public:
  explicit echo_connection(btpay::bench::tcp_socket socket) : stream_(std::move(socket)) {}

  void start() {
    stream_.async_accept([self = shared_from_this()](beast::error_code failure) {
      if (!failure)
        self->read();
    });
  }

private:
  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](beast::error_code failure, std::size_t) {
      if (!failure)
        self->write();
    });
  }

  void write() {
    buffer_.consume(buffer_.size());
    stream_.async_write(net::buffer(pong.data(), pong.size()),
                        [self = shared_from_this()](beast::error_code failure, std::size_t) {
                          if (!failure)
                            self->read();
                        });
  }

  websocket::stream<btpay::bench::tcp_socket, false> stream_;
  beast::flat_buffer buffer_;
};

} // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  btpay::bench::serve<echo_connection>(port);
}
