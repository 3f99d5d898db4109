/// The yardstick of a post: what HTTP costs with Beast and nothing else. One thread, no actors, no limits, no
/// time-outs, nothing parsed but HTTP and nothing kept: the bytes of btpayd's answer for each request, by one
/// `async_read` and one `async_write`, as in Beast's examples.
///
///   bare_http ROWS [PORT]      says that ROWS were accepted; prints `listening on PORT`, serves until killed

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using executor = net::io_context::executor_type;
using socket_type = net::basic_stream_socket<tcp, executor>;

namespace {

std::string answer;

class http_session : public std::enable_shared_from_this<http_session> {
public:
  explicit http_session(socket_type socket) : socket_(std::move(socket)) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_, [self = shared_from_this()](beast::error_code failure, std::size_t) {
      if (!failure)
        self->write();
    });
  }

private:
  void write() {
    response_ = {};
    response_.version(request_.version());
    response_.set(http::field::server, "bare");
    response_.set(http::field::content_type, "application/json");
    response_.set(http::field::cache_control, "no-store");
    response_.body() = answer;
    response_.keep_alive(request_.keep_alive());
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](beast::error_code failure, std::size_t) {
      if (!failure)
        self->read();
    });
  }

  socket_type socket_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void accept(net::basic_socket_acceptor<tcp, executor>& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code failure, socket_type socket) {
    if (!failure) {
      socket.set_option(tcp::no_delay(true), failure);
      std::make_shared<http_session>(std::move(socket))->read();
    }
    accept(acceptor);
  });
}

} // namespace

int main(int argc, char** argv) {
  answer = std::string(R"({"accepted":)") + (argc > 1 ? argv[1] : "1") +
           R"(,"corrected":0,"duplicates":0,"rejected":[],"seq":1234567,"withdrawn":0})";
  const auto port = static_cast<unsigned short>(argc > 2 ? std::atoi(argv[2]) : 0);
  net::io_context context{1};
  net::basic_socket_acceptor<tcp, executor> acceptor(context, {net::ip::address_v4::loopback(), port});
  std::printf("listening on %u\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor);
  context.run();
}
