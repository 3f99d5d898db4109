#pragma once
/// One HTTP/1.1 connection: reads a request within the limits, asks the unit's routes actor, writes the response, and
/// again; or hands its socket over to a WebSocket. One request at a time, so a client that pipelines waits in order.
/// Lives while something of it is under way or an exchange refers to it; all on its unit's thread.

#include "transport/hub.hpp"
#include "transport/stream_socket.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>

namespace btpay {

/// Where a connection came from.
enum class http_origin : std::uint8_t {
  network,
  local_operator, ///< the admin socket
  refused,        ///< the network, but over the limit: the request is answered 503
  too_many,       ///< one address of the network is over its limit: the request is answered 429
};

/// Who is at the other end of an accepted socket.
struct http_peer {
  http_origin origin = http_origin::network;
  address_census::place address;   ///< none on the admin socket
  boost::asio::ip::address remote; ///< the same in full; unspecified there
};

/// Serves what comes. On the socket's own thread; who accepted the socket has counted it in the hub's census. Nothing
/// fails here: a socket that is broken just ends.
void serve_http(hub& home, stream_socket socket, http_peer peer);

} // namespace btpay
