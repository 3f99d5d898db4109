/// The yardstick: what a WebSocket costs with Beast and nothing else. One thread, no actors, no limits, no time-outs; a
/// fixed pong for each message, by one `async_read` and one `async_write`, as in Beast's examples. It has the fastest
/// stream that Beast offers (no deflate, a concrete executor), so that the comparison favours nobody.
///
///   bare_echo [PORT]      prints `listening on PORT`, serves until killed

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = net::ip::tcp;
using executor = net::io_context::executor_type;
using socket_type = net::basic_stream_socket<tcp, executor>;

namespace {

constexpr std::string_view pong = R"({"type":"pong","timestamp":"2026-02-04T14:35:00Z"})";

class echo_connection : public std::enable_shared_from_this<echo_connection> {
public:
  explicit echo_connection(socket_type socket) : stream_(std::move(socket)) {}

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

  websocket::stream<socket_type, false> stream_;
  beast::flat_buffer buffer_;
};

void accept(net::basic_socket_acceptor<tcp, executor>& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code failure, socket_type socket) {
    if (!failure) {
      socket.set_option(tcp::no_delay(true), failure);
      std::make_shared<echo_connection>(std::move(socket))->start();
    }
    accept(acceptor);
  });
}

} // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 0);
  net::io_context context{1};
  net::basic_socket_acceptor<tcp, executor> acceptor(context, {net::ip::address_v4::loopback(), port});
  std::printf("listening on %u\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor);
  context.run();
}
