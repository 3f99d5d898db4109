#pragma once
/// The layer under the WebSocket: WRITES GO INTO MEMORY, and leave in one send() when the owner says so.
///
/// Beast still makes every byte: frames, its own pongs and close frames, the handshake response. But what would be a
/// system call per frame is an append here, and everything that was queued while a handler ran leaves together. Both
/// write functions take all they are given at once, which is why frames are whole and never interleave:
///
///   - `websocket::stream::write` (sync) takes no lock. It emits header and payload in one call stack, by one or more
///     `write_some`, and touches only the write half of Beast's state (`wr_cont`, `wr_opcode`, `wr_buf`), which no read
///     uses. Nothing else runs in between, since this is one thread and `write_some` never waits.
///   - Beast's read operation writes pongs and close frames, and its close operation the close frame, with
///     `net::async_write` of one buffer of at most 129 bytes: a single `async_write_some`, wholly appended before that
///     returns. Between the append and its completion, which is posted as Asio demands, our own writes may append
///     whole frames. The byte stream is frames in some order, each unbroken.
///   - Beast's write lock (`wr_block`) orders those asynchronous writes among themselves. The sync write ignores it,
///   and
///     may, by the above. It also ignores that a close frame was written: who calls `write` asks `is_open()` first.
///   - `auto_fragment(false)`: a message is one frame, so no control frame can fall between fragments of ours.
///
/// Reads go straight through. Owned by the WebSocket stream, used on the unit's thread only.

#include "transport/linger.hpp"
#include "transport/stream_socket.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace btpay {

/// What the owner of a gather stream needs to know to choose the moment of sending.
class gather_events {
public:
  /// Beast wrote something on its own account: a pong or a close frame.
  virtual void on_own_bytes() = 0;
  /// Beast has consumed all that it had read and waits for the socket.
  virtual void on_reads_dry() = 0;
  /// Whether the peer's close frame has been read: it will send nothing more.
  virtual bool peer_is_done() const = 0;

protected:
  ~gather_events() = default;
};

class gather_stream {
public:
  using next_layer_type = stream_socket;
  using executor_type = stream_socket::executor_type;
  using error_code = boost::beast::error_code;

  /// Makes the socket non-blocking.
  gather_stream(stream_socket socket, gather_events& events);

  executor_type get_executor() noexcept { return socket_.get_executor(); }
  next_layer_type& next_layer() noexcept { return socket_; }
  const next_layer_type& next_layer() const noexcept { return socket_; }

  bool peer_is_done() const { return events_.peer_is_done(); }

  /// What has been written and not sent.
  std::size_t pending_bytes() const noexcept { return pending_.size() - sent_; }

  enum class sent { everything, a_part, failed };
  /// Sends what is pending by one system call, or finds that the socket takes no more now. Holds no memory when
  /// everything is sent. After `failed` nothing is pending.
  sent send_pending();

  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& failure) {
    failure = {};
    const auto before = pending_.size();
    pending_.reserve(before + boost::beast::buffer_bytes(buffers));
    for (const boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers))
      pending_.append(static_cast<const char*>(part.data()), part.size());
    return pending_.size() - before;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    error_code never;
    return write_some(buffers, never);
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    error_code never;
    const auto written = write_some(buffers, never);
    events_.on_own_bytes();
    boost::asio::post(get_executor(),
                      boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code{}, written));
  }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& failure) {
    return socket_.read_some(buffers, failure);
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return socket_.read_some(buffers);
  }
  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    events_.on_reads_dry();
    socket_.async_read_some(buffers, std::forward<Handler>(handler));
  }

private:
  stream_socket socket_;
  gather_events& events_;
  std::string pending_;  ///< the first `sent_` bytes are sent
  std::size_t sent_ = 0; ///< only moves when a send was cut short
};

/// Sends what is pending, waiting for the socket as often as it takes, and ends the connection.
template <class Handler>
class send_then_teardown {
public:
  send_then_teardown(gather_stream& stream, Handler handler) : stream_(stream), handler_(std::move(handler)) {}

  using executor_type = gather_stream::executor_type;
  executor_type get_executor() const noexcept { return stream_.get_executor(); }

  void operator()(gather_stream::error_code failure = {}) {
    auto& socket = stream_.next_layer();
    if (!failure && stream_.send_pending() == gather_stream::sent::a_part)
      return socket.async_wait(stream_socket::wait_write, std::move(*this));
    if (stream_.peer_is_done()) {
      // RFC 6455 section 7.1.1: both close frames are through, so the server hangs up, first and at once.
      gather_stream::error_code ignored;
      socket.close(ignored);
      return boost::asio::post(get_executor(),
                               boost::beast::bind_front_handler(std::move(handler_), gather_stream::error_code{}));
    }
    async_linger(socket, std::move(handler_));
  }

private:
  gather_stream& stream_;
  Handler handler_;
};

/// Found by Beast where it gives up on a socket.
inline void beast_close_socket(stream_socket& socket) {
  boost::beast::error_code ignored;
  socket.close(ignored);
}

/// Found by Beast when a closing handshake is complete, or a violation has been answered.
template <class Handler>
void async_teardown(boost::beast::role_type, gather_stream& stream, Handler&& handler) {
  send_then_teardown<std::decay_t<Handler>>{stream, std::forward<Handler>(handler)}();
}

} // namespace btpay
