#pragma once
/// A moment that is asked about, by both clocks: when it happened, and when we knew.

#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <limits>

namespace btpay {

inline constexpr position log_end{std::numeric_limits<std::uint64_t>::max()};

struct moment {
  instant cut{};                  ///< where the windows are cut; what becomes of later dates is the policy's affair
  instant known_at = end_of_time; ///< what was recorded later is left out
  position last = log_end;        ///< so is what stands behind it

  /// Hands a user's next event to `apply` where it is part of the moment. False where none behind it is.
  template <class Apply>
  bool take(const recorded_event& e, Apply&& apply) const {
    if (e.at > last)
      return false;
    if (e.recorded_at <= known_at) // the clock of the machine may have gone back, so all are looked at
      apply(e);
    return true;
  }
};

} // namespace btpay
