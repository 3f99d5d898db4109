#pragma once
/// One WebSocket: reads messages for its session actor, and implements the `connection` that the session writes to.

#include "transport/client_connection.hpp"
#include "transport/stream_socket.hpp"

#include <string_view>

namespace btpay {

/// What of the client's request the handshake depends on.
struct websocket_handshake {
  std::string_view key;
  std::string_view extensions; ///< that the client offers
};

/// Answers a WebSocket request (already found valid) with the handshake, opens its session, and reads on. Nothing
/// fails here: a socket that is broken ends the session that was just opened.
void open_websocket(hub& home, stream_socket socket, const websocket_handshake& asked, session_client client);

} // namespace btpay
