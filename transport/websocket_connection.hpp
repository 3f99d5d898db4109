#pragma once
/// One WebSocket: reads messages for its session actor, and implements the `connection` that the session writes to.
/// Lives while a read or a write of it is under way or its session holds it; all on its unit's thread.

#include "actors/interfaces.hpp"
#include "transport/hub.hpp"
#include "transport/stream_socket.hpp"

#include <string_view>

namespace btpay {

/// Who opened one, and its places among all.
struct websocket_client {
  session_grant grant;
  address_census::place address;
  user_census::place user;
};

/// Answers a WebSocket request (already found valid) with the handshake, opens its session, and reads on. Nothing
/// fails here: a socket that is broken ends the session that was just opened.
void open_websocket(hub& home, stream_socket socket, std::string_view key, websocket_client client);

} // namespace btpay
