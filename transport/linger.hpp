#pragma once
/// Hanging up so that the peer sees our last words: a socket that is closed while bytes of the peer are unread, or
/// still come, is reset, which throws away what the peer had not read of ours. So we say that we are done (shut our
/// side down), and read, and drop what we read, until the peer is done too. Beast's `async_teardown` means to do the
/// same, but ends at the first byte that it reads. Who calls this bounds its time, by closing the socket.

#include "transport/limits.hpp"
#include "transport/stream_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <utility>

namespace btpay {

template <class Handler>
class linger_operation {
public:
  using executor_type = stream_socket::executor_type;
  using error_code = boost::system::error_code;

  linger_operation(stream_socket& socket, Handler handler) : socket_(socket), handler_(std::move(handler)) {}

  executor_type get_executor() const noexcept { return socket_.get_executor(); }

  void operator()(error_code = {}) {
    error_code ended;
    for (std::size_t reads = 0; !ended && reads < linger_reads_max; ++reads) {
      std::array<char, http_read_bytes> dropped;
      socket_.drop_some(boost::asio::buffer(dropped), ended);
    }
    if (!ended)
      return boost::asio::post(get_executor(), std::move(*this));
    if (ended == boost::asio::error::would_block)
      return socket_.async_wait(stream_socket::wait_read, std::move(*this));
    socket_.close(ended);
    handler_(error_code{});
  }

private:
  stream_socket& socket_;
  Handler handler_;
};

/// Closes `socket`, which lives until then, and calls `handler(error_code{})`, never before this returns.
template <class Handler>
void async_linger(stream_socket& socket, Handler&& handler) {
  boost::system::error_code ignored; // of a socket that is broken already: reading tells
  socket.non_blocking(true, ignored);
  socket.shutdown(stream_socket::shutdown_send, ignored);
  boost::asio::post(socket.get_executor(),
                    linger_operation<std::decay_t<Handler>>{socket, std::forward<Handler>(handler)});
}

} // namespace btpay
