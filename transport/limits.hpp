#pragma once
/// Every number of the transport. Those that a test or an operator may want smaller are members of `limits`; the rest
/// are facts of the design. Bounds are what a stranger can make us hold; times are what a stranger can make us wait.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace btpay {

/// What one server allows. Copied at start, never changed.
struct limits {
  // WebSockets.
  std::size_t message_bytes_max = 64 * 1024;             ///< a client's message, all frames; over it: close 1009
  std::size_t echo_message_bytes_max = 17 * 1024 * 1024; ///< a message to the echo of conformance tests
  std::uint32_t commands_per_second = 100'000;  ///< messages of one client; over it we read no more for a while; 0: any
  std::size_t outbox_bytes_max = 256 * 1024;    ///< waiting for a slow client; over it: close 1013
  std::size_t backlog_bytes_mark = 64 * 1024;   ///< waiting bytes at which we stop reading from that client
  std::size_t deltas_bytes_mark = 32 * 1024;    ///< waiting bytes over which whole views come in place of deltas
  std::chrono::milliseconds idle_time{30'000};  ///< silence after which we ping
  std::chrono::milliseconds pong_time{10'000};  ///< silence after our ping that means that the client is gone
  std::chrono::milliseconds stall_time{20'000}; ///< a client that takes not one byte for so long is cut off
  std::chrono::milliseconds close_time{5'000};  ///< for the closing handshake

  // Event streams; what waits for their clients is bounded as above.
  std::chrono::milliseconds heartbeat_time{15'000};      ///< silence after which we send a comment
  std::chrono::milliseconds unacknowledged_time{40'000}; ///< bytes that the client's kernel does not confirm so long
  std::size_t stream_input_bytes_max = 16 * 1024;        ///< of a client that talks into its own stream; then it ends

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
  std::size_t connections_per_address_max = 1'000; ///< of an IPv4 address or an IPv6 /64; over it: 429
  bool loopback_is_counted = false;                ///< whether that goes for loopback, where proxies and tests are
  std::size_t connections_per_user_max = 20'000;   ///< WebSockets of one account; over it: 429
  std::size_t arriving_max = 20'000;               ///< connections without a whole request yet; over it: 503
  std::uint32_t accepts_per_second = 20'000;       ///< over it, such as after a network came back: 503; 0: any
  std::chrono::milliseconds refusal_time{2'000};   ///< for a request that will be refused to arrive
  /// What the kernel may hold for a client that does not read; it sets twice that aside, half for its own bookkeeping.
  /// Left alone (0) it is 4 MiB for each: 10,000 clients that stop reading would take 40 GB of it, which no outbox ever
  /// sees. With this they take 1.3 GB at the very most, and a client at 100 ms still gets 640 KB/s. Half of it would be
  /// less than a segment of the loopback interface: a proxy on this machine then waits for delayed acknowledgements.
  int send_buffer_bytes = 64 * 1024;
  int backlog_connections = 4096; ///< connected but not accepted yet; the kernel drops what is over it
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

/// permessage-deflate, where it is on: the window of both directions (2 to this power), the level and memory of zlib's
/// names, and the size from which a message is worth it. One connection costs 24 KB for compressing, 4 KB of buffer,
/// and 8 KB for inflating (36 KB where the client offers no `client_max_window_bits`).
inline constexpr int deflate_window_bits = 12;
inline constexpr int deflate_level = 3;
inline constexpr int deflate_memory_level = 4;
inline constexpr std::size_t deflate_bytes_min = 64;

/// An HTTP connection reads so much at a time: most requests whole.
inline constexpr std::size_t http_read_bytes = 2 * 1024;
/// Reads of a connection that is hanging up before others get a turn.
inline constexpr std::size_t linger_reads_max = 16;

/// Descriptors kept free of connections: the store, logs, threads.
inline constexpr std::size_t reserved_descriptors = 128;
/// Connections over the limit that are told so at the same time; more are dropped without a word.
inline constexpr std::size_t refusals_max = 256;
/// A refused client is told to come back after 1 to so many seconds, so that not all come back at once.
inline constexpr unsigned retry_seconds_max = 8;

/// Actors that are run before sockets get a turn again. About 0.1 ms of work.
inline constexpr std::size_t round_resumes_max = 256;
/// Messages that one actor handles before the next gets a turn.
inline constexpr std::size_t resume_messages_max = 64;

} // namespace btpay
