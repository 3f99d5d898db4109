/// The yardstick of a post: what HTTP costs with Beast and nothing else. One thread, no actors, no limits, no
/// time-outs, nothing parsed but HTTP and nothing kept: the bytes of btpayd's answer for each request, by one
/// `async_read` and one `async_write`, as in Beast's examples.
///
///   bare_http ROWS [PORT]      says that ROWS were accepted; prints `listening on PORT`, serves until killed

#include "bench/bare_server.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

std::string answer;

class http_session : public std::enable_shared_from_this<http_session> {
public:
  explicit http_session(btpay::bench::tcp_socket socket) : socket_(std::move(socket)) {}

  void start() { read(); }

private:
  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_, [self = shared_from_this()](beast::error_code failure, std::size_t) {
      if (!failure)
        self->write();
    });
  }

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

  btpay::bench::tcp_socket socket_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

} // namespace

int main(int argc, char** argv) {
  answer = std::string(R"({"accepted":)") + (argc > 1 ? argv[1] : "1") +
           R"(,"corrected":0,"duplicates":0,"rejected":[],"seq":1234567,"withdrawn":0})";
  const auto port = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 0);
  btpay::bench::serve<http_session>(port);
}
