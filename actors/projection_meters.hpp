#pragma once
/// What projectors do, counted for who watches the service. Costs a projector nothing per event.

#include "domain/ids.hpp"
#include "projections/projection.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace btpay {

/// A number that one thread adds to and any thread reads.
class meter {
public:
  explicit meter(std::uint64_t begin = 0) noexcept : value_(begin) {}

  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(std::uint64_t more) noexcept { set(read() + more); }
  std::uint64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_;
};

/// Of one projector, written on its thread alone; on cache lines of its own.
struct alignas(64) projector_meters {
  explicit projector_meters(position begin) noexcept : taken_up(raw(begin)) {}

  meter taken_up; ///< the log's last event that it has heard of, whether it folded it or nobody asks for that user
  meter rendered; ///< views turned into bytes
  meter wholes;   ///< messages and answers with a whole view, one for each that was told
  meter deltas;   ///< messages with what changed, the same
};

/// Of all projectors of a view together.
struct view_totals {
  std::uint64_t taken_up = UINT64_MAX; ///< by the slowest; the largest number where there is none
  std::uint64_t rendered = 0;
  std::uint64_t wholes = 0;
  std::uint64_t deltas = 0;
};

/// Of all projectors of a service. Any thread.
class projection_meters {
public:
  /// Those of one more projector, which hears of what is behind `begin`. They stay where they are.
  projector_meters& add(view_kind view, position begin) {
    const std::lock_guard lock{mutex_};
    return by_view_[static_cast<std::size_t>(view)].emplace_back(begin);
  }

  view_totals of(view_kind view) const {
    const std::lock_guard lock{mutex_};
    view_totals sum;
    for (const auto& one : by_view_[static_cast<std::size_t>(view)]) {
      sum.taken_up = std::min(sum.taken_up, one.taken_up.read());
      sum.rendered += one.rendered.read();
      sum.wholes += one.wholes.read();
      sum.deltas += one.deltas.read();
    }
    return sum;
  }

private:
  mutable std::mutex mutex_; ///< of the lists, not of what is in them
  std::array<std::deque<projector_meters>, view_kinds> by_view_;
};

} // namespace btpay
