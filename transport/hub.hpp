#pragma once
/// What the connections of one io thread share. One per unit, owned by the server, which outlives every connection that
/// has not ended; a connection that has ended refers to it no more. Used on its unit's thread, but for what is atomic.

#include "actors/interfaces.hpp"
#include "transport/bridge.hpp"
#include "transport/counters.hpp"
#include "transport/deadline_wheel.hpp"
#include "transport/limits.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

namespace btpay {

/// How many connections there are, on all threads, and a way to wait until there are none. Any thread.
class census {
public:
  void add() noexcept { present_.fetch_add(1, std::memory_order_relaxed); }
  void remove() {
    if (present_.fetch_sub(1, std::memory_order_acq_rel) > 1)
      return;
    const std::lock_guard lock(mutex_);
    none_left_.notify_all();
  }
  std::size_t present() const noexcept { return present_.load(std::memory_order_acquire); }

  /// Tells whether they were all gone in time.
  bool wait_until_empty(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return none_left_.wait_for(lock, time, [this] { return present() == 0; });
  }

private:
  std::atomic<std::size_t> present_{0};
  std::mutex mutex_;
  std::condition_variable none_left_;
};

struct hub {
  hub(io_unit& unit_, const limits& limit_, census& people_, routes_actor routes_, session_opener opener_)
      : unit(unit_), limit(limit_), people(people_), routes(std::move(routes_)), open_session(std::move(opener_)) {}

  io_unit& unit;
  const limits limit;
  census& people;
  routes_actor routes;
  session_opener open_session;
  deadline_wheel wheel;
  counters counts;
  std::size_t body_bytes = 0; ///< set aside for request bodies that are being read
  bool stopping = false;      ///< requests that are still answered are the last on their connections
};

} // namespace btpay
