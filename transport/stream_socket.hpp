#pragma once
/// The one socket type: TCP and unix domain alike, so that Beast's templates are compiled once for both. The concrete
/// executor spares a type-erased one in every pending operation (1.3 KB of each connection, measured).

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

namespace btpay {

using stream_socket =
    boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;

} // namespace btpay
