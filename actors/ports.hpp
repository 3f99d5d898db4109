#pragma once
/// Where actors and the transport meet: what each side is to the other, and what passes between them. The transport
/// implements the classes; who calls them is an actor on the io thread that owns the socket, unless a class says
/// otherwise.

#include "domain/errc.hpp"
#include "domain/ids.hpp"
#include "storage/account_store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btpay {

/// Bytes that many sessions may send: rendered once, never changed.
using shared_bytes = std::shared_ptr<const std::string>;

/// Which queued frame a newer one replaces. `none` frames are never replaced: answers, errors, notifications.
enum class conflation : std::uint8_t { none, dashboard, pending, hourly, categories, periodic };

/// RFC 6455 section 7.4.1 codes that we send, and what a client should make of them.
enum class close_code : std::uint16_t {
  going_away = 1001,       ///< the service stops: reconnect with back-off
  policy_violation = 1008, ///< do not reconnect before the client is mended
  message_too_big = 1009,  ///< do not send that again
  internal_error = 1011,   ///< reconnect with back-off
  try_again_later = 1013,  ///< too slow or too many: reconnect with back-off
};

/// One WebSocket or event stream as its session sees it. Implemented by the transport; called on the session's own io
/// thread only.
class connection {
public:
  virtual ~connection() = default;
  /// Queues a message. What is queued while a handler runs goes out in one write.
  virtual void send(shared_bytes message, conflation replaces) = 0;
  /// Queues a binary message, which nothing replaces, whatever the sub-protocol.
  virtual void send_binary(shared_bytes bytes) = 0;
  /// Queues the delta of a view, which nothing replaces but a whole message of that view. False where so much waits
  /// already that none is taken: then those of that view that waited are dropped too, and the session is told
  /// `outbox_drained` when there is room for the whole view.
  virtual bool send_delta(shared_bytes message, conflation view) = 0;
  /// Sends what is queued, then closes. Later calls do nothing.
  virtual void close(close_code code, std::string_view reason) = 0;
};

/// The kinds of sockets. `echo` is for conformance tests: it gives back what it gets, and nobody's data. `stream` is no
/// WebSocket but a stream of Server-Sent Events, in which the client cannot speak.
enum class session_kind : std::uint8_t { live, notify, echo, stream };

/// What the client of an event stream asked for when it came, since it can ask nothing later.
struct stream_request {
  std::string opening;                ///< what a client of a WebSocket would send first
  std::string repeated;               ///< and what it would send every `repeat_time`; empty: nothing
  std::chrono::seconds repeat_time{}; ///< at least one
  bool summaries = false;             ///< wants those of the replaced system in place of messages
  bool notifications = false;         ///< are among the messages
  position notified{};                ///< the last notification that it has
};

/// Names the cookie or token that somebody came in with, without telling it: the first bytes of its digest. 0: none.
using credential_id = std::uint64_t;

/// Leave for one WebSocket or event stream, given before it begins.
struct session_grant {
  session_kind kind = session_kind::live;
  account who;
  credential_id credential = 0;
  std::optional<std::chrono::seconds> valid_time = {}; ///< until the credential expires; then close 1008
  std::string_view protocol{}; ///< the sub-protocol agreed on, empty for none; lives as long as the program
  bool silent = false;         ///< sends nothing before it is asked
  std::shared_ptr<const stream_request> stream{}; ///< of the kind `stream`
};

/// Whose sockets are to be closed, with 1008 and within a second: all of a user, or what one credential opened.
struct revocation {
  user_id user{};
  credential_id credential = 0; ///< 0: any
};

/// One open WebSocket or event stream, as operators see it.
struct open_socket {
  user_id user{};
  session_kind kind = session_kind::live;
  credential_id credential = 0;
  std::string peer; ///< the client's address
  std::chrono::seconds age{};
};

/// The open sockets, as those who may close them see them. Implemented by the transport. Any thread.
class socket_directory {
public:
  virtual ~socket_directory() = default;
  virtual void revoke(const revocation& whose) = 0;
  /// Calls `then` with all that are open, on a thread of its own choosing.
  virtual void list(std::function<void(std::vector<open_socket>)> then) = 0;
};

/// The sub-protocols of docs/PROTOCOL.md: the same messages as text, and as MessagePack in binary frames.
inline constexpr std::string_view json_protocol = "btpay.v2";
inline constexpr std::string_view msgpack_protocol = "btpay.v2.msgpack";

enum class http_method : std::uint8_t { get, head, post, put, delete_, options, other };

/// One HTTP request, wholly read and within the limits.
struct http_request {
  http_method method = http_method::get;
  std::string path;                                         ///< decoded, without the query
  std::string query;                                        ///< as sent, without the `?`
  std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
  std::string body;
  bool upgrade = false;        ///< asks for a WebSocket
  bool local_operator = false; ///< came over the admin socket, whose file permissions are the authorisation
  bool forwarded = false;      ///< a proxy is between: it is trusted, or said so
  bool secure = false;         ///< the client speaks TLS, to us or to a proxy that is trusted to say so
  std::string peer;            ///< the client's address, without a port; empty on the admin socket

  /// The first header of that lower-case name, or empty.
  std::string_view header(std::string_view name) const noexcept;
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  shared_bytes body; ///< null for none
};

/// The way back to one HTTP request. Implemented by the transport; called once, on the io thread that made it.
/// Dropped without a call, it answers 500.
class http_exchange {
public:
  virtual ~http_exchange() = default;
  virtual void respond(http_response response) = 0;
  /// Only where `request.upgrade`: completes the handshake and opens the session.
  virtual void accept_websocket(session_grant grant) = 0;
  /// Answers 200 with a body of Server-Sent Events, which a session of the kind `stream` writes.
  virtual void accept_stream(session_grant grant) = 0;
};

} // namespace btpay
