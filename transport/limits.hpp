#pragma once
/// Every number of the transport. Those that a test or an operator may want smaller are members of `limits`; the rest
/// are facts of the design. Bounds are what a stranger can make us hold; times are what a stranger can make us wait.

#include <chrono>
#include <cstddef>

namespace btpay {

/// What one server allows. Copied at start, never changed.
struct limits {
  // WebSockets.
  std::size_t message_bytes_max = 64 * 1024;    ///< a client's message, all frames; over it: close 1009
  std::size_t outbox_bytes_max = 256 * 1024;    ///< waiting for a slow client; over it: close 1013
  std::size_t backlog_bytes_mark = 64 * 1024;   ///< waiting bytes at which we stop reading from that client
  std::size_t deltas_bytes_mark = 32 * 1024;    ///< waiting bytes over which whole views come in place of deltas
  std::chrono::milliseconds idle_time{30'000};  ///< silence after which we ping
  std::chrono::milliseconds pong_time{10'000};  ///< silence after our ping that means that the client is gone
  std::chrono::milliseconds stall_time{20'000}; ///< a client that takes not one byte for so long is cut off
  std::chrono::milliseconds close_time{5'000};  ///< for the closing handshake

  // HTTP.
  std::size_t header_bytes_max = 8 * 1024;      ///< request line and headers; over it: 431, or 414 where it is the line
  std::size_t target_bytes_max = 4 * 1024;      ///< path and query; over it: 414
  std::size_t body_bytes_max = 8 * 1024 * 1024; ///< one body, as large as a month of a bank's export; over it: 413
  std::size_t bodies_bytes_max = 128 * 1024 * 1024;  ///< all bodies that one io thread is reading; over it: 503
  std::chrono::milliseconds header_time{10'000};     ///< from the connect or the first byte to the end of the headers
  std::chrono::milliseconds body_time{30'000};       ///< from there to the end of the body
  std::chrono::milliseconds answer_time{60'000};     ///< for the routes; then 503
  std::chrono::milliseconds response_time{60'000};   ///< for the client to take the response
  std::chrono::milliseconds keep_alive_time{60'000}; ///< between two requests
  std::chrono::milliseconds linger_time{2'000};      ///< for the client to see our last response before we hang up

  // Accepting.
  std::size_t connections_max = 100'000; ///< both kinds; also held below the limit on open files; over it: 503
  int backlog_connections = 4096;        ///< connected but not accepted yet; the kernel drops what is over it
  std::chrono::milliseconds accept_retry_time{100}; ///< pause after a failed accept, such as for want of descriptors

  // Stopping.
  std::chrono::milliseconds drain_time{5'000}; ///< for clients to close after they were asked to
};

/// One turn of the deadline wheel; how exact the times above are.
inline constexpr std::chrono::milliseconds tick_time{250};
/// Turns after which the wheel comes round; a longer wait is looked at once on the way.
inline constexpr std::size_t wheel_slots = 256;

/// Messages up to this size are read without an allocation: every level-1 command fits. A part of each connection, so
/// each byte costs 10 KB at 10,000 connections.
inline constexpr std::size_t inline_read_bytes = 160;
/// A longer message grows by as much as this per read.
inline constexpr std::size_t long_read_bytes = 4 * 1024;
/// Frames are gathered up to this for one send(): more does not make the system call cheaper per byte.
inline constexpr std::size_t gather_bytes_max = 64 * 1024;

/// An HTTP connection reads so much at a time: most requests whole.
inline constexpr std::size_t http_read_bytes = 2 * 1024;
/// Reads of a connection that is hanging up before others get a turn.
inline constexpr std::size_t linger_reads_max = 16;

/// Descriptors kept free of connections: the store, logs, threads.
inline constexpr std::size_t reserved_descriptors = 128;
/// Connections over the limit that are told so at the same time; more are dropped without a word.
inline constexpr std::size_t refusals_max = 64;

/// Actors that are run before sockets get a turn again. About 0.1 ms of work.
inline constexpr std::size_t round_resumes_max = 256;
/// Messages that one actor handles before the next gets a turn.
inline constexpr std::size_t resume_messages_max = 64;

} // namespace btpay
