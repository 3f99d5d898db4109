#pragma once
/// The one socket type: TCP and unix domain, with and without TLS, so that Beast's templates are compiled once for all.
/// The concrete executor spares a type-erased one in every pending operation (1.3 KB of each connection, measured).

#include "transport/tls.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_range.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace btpay {

class stream_socket {
public:
  using raw_socket =
      boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;
  using executor_type = raw_socket::executor_type;
  using error_code = boost::system::error_code;
  using wait_type = raw_socket::wait_type;
  static constexpr auto wait_read = raw_socket::wait_read;
  static constexpr auto wait_write = raw_socket::wait_write;
  static constexpr auto shutdown_send = raw_socket::shutdown_send;

  /// From a connected socket of any protocol.
  template <class Socket, class = std::enable_if_t<!std::is_same_v<std::decay_t<Socket>, stream_socket>>>
  explicit stream_socket(Socket&& connected) : socket_(std::forward<Socket>(connected)) {}

  executor_type get_executor() noexcept { return socket_.get_executor(); }
  raw_socket& raw() noexcept { return socket_; }

  /// From now on what goes through is encrypted. First comes the handshake.
  void use_tls(const tls_identity& identity) {
    error_code ignored; // of a socket that is broken already: the handshake tells
    socket_.non_blocking(true, ignored);
    tls_ = std::make_unique<tls_session>(identity, socket_.native_handle());
  }
  bool is_tls() const noexcept { return tls_ != nullptr; }
  template <class Handler>
  void async_handshake(Handler&& handler) {
    operation(
        *this,
        [this] {
          return tls_session::moved{tls_->handshake(), 0};
        },
        [handler = std::forward<Handler>(handler)](const error_code& failure, std::size_t) mutable {
          handler(failure);
        })
        .start();
  }

  void close(error_code& failure) {
    say_goodbye();
    socket_.close(failure);
  }
  void cancel(error_code& failure) { socket_.cancel(failure); }
  void non_blocking(bool on, error_code& failure) { socket_.non_blocking(on, failure); }
  void shutdown(raw_socket::shutdown_type what, error_code& failure) {
    say_goodbye();
    socket_.shutdown(what, failure);
  }

  /// For reading: until the next read would give something.
  template <class Handler>
  void async_wait(wait_type what, Handler&& handler) {
    if (tls_ && what == wait_read && tls_->has_buffered())
      return boost::asio::post(get_executor(),
                               boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
    socket_.async_wait(what, std::forward<Handler>(handler));
  }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& failure) {
    return tls_ ? move_some(first_of<boost::asio::mutable_buffer>(buffers), failure)
                : socket_.read_some(buffers, failure);
  }
  /// Takes bytes off the wire to be dropped, whatever they mean.
  template <class Buffers>
  std::size_t drop_some(const Buffers& buffers, error_code& failure) {
    return socket_.read_some(buffers, failure);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& failure) {
    return tls_ ? move_some(first_of<boost::asio::const_buffer>(buffers), failure)
                : socket_.write_some(buffers, failure);
  }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (!tls_)
      return socket_.async_read_some(buffers, std::forward<Handler>(handler));
    const auto space = first_of<boost::asio::mutable_buffer>(buffers);
    operation(
        *this, [this, space] { return tls_->read(space.data(), space.size()); }, std::forward<Handler>(handler))
        .start();
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (!tls_)
      return socket_.async_write_some(buffers, std::forward<Handler>(handler));
    const auto bytes = first_of<boost::asio::const_buffer>(buffers);
    operation(
        *this, [this, bytes] { return tls_->write(bytes.data(), bytes.size()); }, std::forward<Handler>(handler))
        .start();
  }

private:
  // A descriptor that is closed may be somebody else's by now, and OpenSSL knows it only by its number.
  void say_goodbye() {
    if (tls_ && socket_.is_open())
      tls_->say_goodbye();
  }

  /// The first that is not empty; OpenSSL takes one at a time.
  template <class Buffer, class Buffers>
  static Buffer first_of(const Buffers& buffers) {
    for (const Buffer each : boost::beast::buffers_range_ref(buffers))
      if (each.size() > 0)
        return each;
    return {};
  }

  static error_code error_of(tls_session::step what) {
    switch (what) {
    case tls_session::step::done:
      return {};
    case tls_session::step::wants_read:
    case tls_session::step::wants_write:
      return boost::asio::error::would_block;
    case tls_session::step::ended:
      return boost::asio::error::eof;
    case tls_session::step::failed:
      return boost::asio::error::connection_reset;
    }
    return boost::asio::error::connection_reset;
  }

  tls_session::moved step(boost::asio::mutable_buffer into) { return tls_->read(into.data(), into.size()); }
  tls_session::moved step(boost::asio::const_buffer from) { return tls_->write(from.data(), from.size()); }

  /// As much as goes at once. An error is told when nothing was moved.
  template <class Buffer>
  std::size_t move_some(Buffer buffer, error_code& failure) {
    failure = {};
    if (!socket_.is_open()) {
      failure = boost::asio::error::bad_descriptor;
      return 0;
    }
    std::size_t total = 0;
    while (buffer.size() > 0) {
      const auto [what, bytes] = step(buffer);
      if (what != tls_session::step::done) {
        if (total == 0 || what == tls_session::step::failed)
          failure = error_of(what);
        break;
      }
      total += bytes;
      buffer += bytes;
    }
    return total;
  }

  /// A call of OpenSSL's that is repeated until it need not wait. Never completes before `start` returns.
  template <class Step, class Handler>
  class operation {
  public:
    using executor_type = stream_socket::executor_type;

    operation(stream_socket& home, Step step, Handler handler)
        : home_(home), step_(std::move(step)), handler_(std::move(handler)) {}

    executor_type get_executor() const noexcept { return home_.get_executor(); }

    void start() {
      const auto moved = home_.socket_.is_open() ? step_() : tls_session::moved{tls_session::step::failed, 0};
      if (waits(moved.what))
        return wait(moved.what);
      boost::asio::post(get_executor(),
                        boost::beast::bind_front_handler(std::move(handler_), error_of(moved.what), moved.bytes));
    }

    void operator()(error_code failure) {
      if (failure)
        return handler_(failure, std::size_t{0});
      const auto moved = home_.socket_.is_open() ? step_() : tls_session::moved{tls_session::step::failed, 0};
      waits(moved.what) ? wait(moved.what) : handler_(error_of(moved.what), moved.bytes);
    }

  private:
    static bool waits(tls_session::step what) {
      return what == tls_session::step::wants_read || what == tls_session::step::wants_write;
    }
    void wait(tls_session::step what) {
      auto& socket = home_.socket_;
      socket.async_wait(what == tls_session::step::wants_read ? wait_read : wait_write, std::move(*this));
    }

    stream_socket& home_;
    Step step_;
    Handler handler_;
  };
  template <class Step, class Handler>
  operation(stream_socket&, Step, Handler) -> operation<Step, std::decay_t<Handler>>;

  raw_socket socket_;
  std::unique_ptr<tls_session> tls_; ///< ends before the socket does
};

} // namespace btpay
