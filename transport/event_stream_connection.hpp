#pragma once
/// One stream of Server-Sent Events: the body of an HTTP response that goes on until somebody has enough. Implements
/// the `connection` that the session writes to; what the session sends are whole events.

#include "transport/client_connection.hpp"
#include "transport/stream_socket.hpp"

#include <string>

namespace btpay {

/// What the response begins with, up to the empty line. `version` is 10 or 11.
std::string event_stream_head(unsigned version);

/// Answers a request with the head, and opens the session that writes the events. Nothing fails here: a socket that is
/// broken ends the session that was just opened.
void open_event_stream(hub& home, stream_socket socket, unsigned version, session_client client);

} // namespace btpay
