#pragma once
/// Reads a PROXY header off a connection and not a byte more: what follows may be TLS, which OpenSSL takes from the
/// socket by itself.

#include "transport/proxy_header.hpp"
#include "transport/stream_socket.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace btpay {

template <class Handler>
class proxy_reading {
public:
  using executor_type = stream_socket::executor_type;

  proxy_reading(stream_socket& socket, Handler handler)
      : socket_(socket), handler_(std::move(handler)), read_(std::make_unique<progress>()) {}

  executor_type get_executor() const noexcept { return socket_.get_executor(); }

  void start() {
    const auto bytes = std::min(read_->header.wanted(), read_->bytes.size());
    auto& into = read_->bytes; // outlives the move
    socket_.async_read_some(boost::asio::buffer(into, bytes), std::move(*this));
  }

  void operator()(const boost::system::error_code& failure, std::size_t bytes) {
    using state = proxy_header::state;
    const auto now = failure ? state::wrong : read_->header.add({read_->bytes.data(), bytes});
    if (now == state::incomplete)
      return start();
    handler_(now == state::complete ? &read_->header : nullptr);
  }

private:
  struct progress {
    proxy_header header;
    std::array<char, 256> bytes;
  };

  stream_socket& socket_;
  Handler handler_;
  std::unique_ptr<progress> read_;
};

/// Calls `handler(const proxy_header*)`: null where there is none, or the connection broke. `socket` lives until then.
template <class Handler>
void async_read_proxy_header(stream_socket& socket, Handler&& handler) {
  proxy_reading<std::decay_t<Handler>>{socket, std::forward<Handler>(handler)}.start();
}

} // namespace btpay
