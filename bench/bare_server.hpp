#pragma once
/// What the yardsticks share: one thread that accepts connections on 127.0.0.1 and hands each to a type of its own.
/// With the concrete executor, which is the fastest that Asio offers, so that a comparison favours nobody.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>

namespace btpay::bench {

using tcp = boost::asio::ip::tcp;
using tcp_socket = boost::asio::basic_stream_socket<tcp, boost::asio::io_context::executor_type>;
using tcp_acceptor = boost::asio::basic_socket_acceptor<tcp, boost::asio::io_context::executor_type>;

template <class Connection>
void accept(tcp_acceptor& acceptor) {
  acceptor.async_accept([&acceptor](boost::beast::error_code failure, tcp_socket socket) {
    if (!failure) {
      socket.set_option(tcp::no_delay(true), failure);
      std::make_shared<Connection>(std::move(socket))->start();
    }
    accept<Connection>(acceptor);
  });
}

/// Prints `listening on PORT`, serves until killed. Port 0 is any that is free.
template <class Connection>
void serve(std::uint16_t port) {
  boost::asio::io_context context{1};
  tcp_acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), port});
  std::printf("listening on %u\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept<Connection>(acceptor);
  context.run();
}

} // namespace btpay::bench
