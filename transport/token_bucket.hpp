#pragma once
/// So many per second, and so many at once. Eight bytes, and exact to a turn of the deadline wheel.

#include "transport/deadline_wheel.hpp"
#include "transport/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace btpay {

class token_bucket {
public:
  /// Takes one; tells whether there was one. `per_second` is also what the bucket holds; 0: no limit.
  bool take(tick_count now, std::uint32_t per_second) noexcept {
    if (per_second == 0)
      return true;
    fill(now, per_second);
    if (left_ == 0)
      return false;
    --left_;
    return true;
  }
  /// Whether the next `take` would find one.
  bool has_one(tick_count now, std::uint32_t per_second) noexcept {
    if (per_second == 0)
      return true;
    fill(now, per_second);
    return left_ > 0;
  }

private:
  void fill(tick_count now, std::uint32_t per_second) noexcept {
    const tick_count passed = now - filled_at_;
    if (passed == 0 && filled_)
      return;
    constexpr auto turns_per_second = static_cast<std::uint64_t>(std::chrono::seconds{1} / tick_time);
    const auto gained =
        filled_ ? std::max<std::uint64_t>(1, std::uint64_t{passed} * per_second / turns_per_second) : per_second;
    left_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(per_second, left_ + gained)) & 0x7FFF'FFFFU;
    filled_at_ = now;
    filled_ = 1;
  }

  std::uint32_t left_ : 31 = 0;
  std::uint32_t filled_ : 1 = 0; ///< it begins full
  tick_count filled_at_ = 0;
};

} // namespace btpay
