#pragma once
/// What the transport counts, for metrics. Each io thread counts for itself; a reader on any thread adds up.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace btpay {

enum class counted : std::uint8_t {
  accepted,         ///< connections, both kinds of sockets
  refused,          ///< connections over the limit
  requests,         ///< HTTP requests that were read whole
  refused_requests, ///< HTTP requests that were answered here: malformed, too long, too slow
  sessions_opened,
  frames_received, ///< whole messages of clients
  bytes_received,  ///< in those
  frames_sent,
  bytes_sent,        ///< in those
  writes,            ///< system calls that sent them; fewer than frames
  frames_conflated,  ///< replaced by a newer one before they were sent
  closed_by_peer,    ///< closing handshake or end of stream
  closed_by_session, ///< the session asked for it
  closed_slow,       ///< the outbox was full, or the client took nothing for too long
  closed_silent,     ///< no answer to a ping
  closed_violation,  ///< broken framing, invalid UTF-8, a message over the limit
  closed_at_shutdown,
  count_
};

/// The name in metrics, such as "frames_sent".
std::string_view to_string(counted what) noexcept;

/// Written by one thread, read by any.
class counters {
public:
  /// Only on the owning thread: that one writer is why no locked instruction is needed.
  void add(counted what, std::uint64_t amount = 1) noexcept {
    auto& value = values_[static_cast<std::size_t>(what)];
    value.store(value.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t read(counted what) const noexcept {
    return values_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
  }

private:
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(counted::count_)> values_{};
};

} // namespace btpay
