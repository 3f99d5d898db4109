#pragma once
/// Reads the requests of one connection, one after another. Beast's own limit of a header is one for each line, so that
/// a header of endlessly many would be read for ever: hence a header is read whole before it is parsed.

#include "transport/http_messages.hpp"
#include "transport/http_refusals.hpp"
#include "transport/limits.hpp"
#include "transport/stream_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace btpay {

/// How a read ended: well, with a fault that the client is to be told, or, where there is nobody to tell, with a
/// failure.
struct read_outcome {
  std::optional<http_refusal> refusal;
  boost::system::error_code failure;

  bool is_good() const noexcept { return !refusal && !failure; }
};

/// Tells the client's faults from the connection's.
read_outcome outcome_of(const boost::system::error_code& failure);

/// Owned by a connection, which lives as long as a read is under way; its unit's thread.
class request_reader {
public:
  request_reader(stream_socket& socket, const limits& limit)
      : socket_(socket),
        header_bytes_max_(limit.header_bytes_max),
        body_bytes_max_(limit.body_bytes_max),
        buffer_(limit.header_bytes_max + http_read_bytes) {}

  /// Whether some of the next request, or of the present one's header, is there already.
  bool has_input() const noexcept { return buffer_.size() > 0; }

  /// Of the present request: from its beginning until it is forgotten.
  const beast_request& request() const { return parser_->get(); }
  beast_request& request() { return parser_->get(); }
  bool is_chunked() const { return parser_->chunked(); }
  bool is_whole() const { return parser_->is_done(); }
  bool keeps_alive() const { return parser_->keep_alive(); }
  /// In bytes, and `body_bytes_max` where the header does not tell.
  std::size_t body_bytes_expected() const {
    const auto told = parser_->content_length();
    return told ? static_cast<std::size_t>(*told) : body_bytes_max_;
  }

  void begin();
  /// Between requests there is nothing to hold but the socket.
  void forget();

  /// Calls `handler(read_outcome)` when the header is there, which may be at once.
  template <class Handler>
  void async_read_header(Handler handler) {
    if (const auto outcome = take_header())
      return handler(*outcome);
    socket_.async_read_some(
        buffer_.prepare(http_read_bytes),
        [this, handler = std::move(handler)](const boost::system::error_code& failure, std::size_t bytes) mutable {
          buffer_.commit(bytes);
          failure ? handler(outcome_of(failure)) : async_read_header(std::move(handler));
        });
  }

  /// Calls `handler(read_outcome)` when the rest is there, never before this returns.
  template <class Handler>
  void async_read_body(Handler handler) {
    boost::beast::http::async_read(
        socket_, buffer_, *parser_,
        [handler = std::move(handler)](const boost::system::error_code& failure, std::size_t) mutable {
          handler(outcome_of(failure));
        });
  }

private:
  /// Nothing where more of it has to be read.
  std::optional<read_outcome> take_header();

  stream_socket& socket_;
  const std::size_t header_bytes_max_;
  const std::uint64_t body_bytes_max_;
  boost::beast::flat_buffer buffer_; ///< what was read and not parsed
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::size_t header_seen_ = 0; ///< the header does not end before this byte of the buffer
};

} // namespace btpay
