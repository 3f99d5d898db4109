#include "transport/deadline_wheel.hpp"

#include <algorithm>

namespace btpay {

void deadline_wheel::put(timed& who, tick_count wait) {
  if (who.is_linked())
    who.unlink();
  const auto within = std::clamp<tick_count>(wait, 1, wheel_slots - 1);
  slots_[(now_ + within) % wheel_slots].push_back(who);
}

void deadline_wheel::turn() {
  ++now_;
  // Whoever puts itself in again lands in a later slot, so this ends.
  auto& due = slots_[now_ % wheel_slots];
  while (!due.empty()) {
    auto& who = due.front();
    due.pop_front();
    who.on_deadline();
  }
}

} // namespace btpay
