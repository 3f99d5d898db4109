#pragma once
/// What a user has not seen yet: the fold of notifications and of what cleared them.

#include "domain/event.hpp"

#include <cstddef>
#include <map>

namespace btpay {

/// Takes every event of the user in log order. A notification that has expired stays until it is cleared, but is not
/// shown; so what is unread depends on the events and the moment alone.
class inbox {
public:
  struct letter {
    notification_posted what;
    instant posted_at{};
  };

  /// True where what is unread may have changed.
  bool apply(const recorded_event& e);

  bool is_unread(notification_id id, instant now) const;

  /// Visits what is unread at `now`, oldest first.
  template <class Visit>
  void visit_unread(instant now, Visit&& visit) const {
    for (const auto& [id, each] : letters_)
      if (is_current(each, now))
        visit(id, each);
  }

private:
  static bool is_current(const letter& each, instant now) noexcept {
    return !each.what.expires_at || now < *each.what.expires_at;
  }

  std::map<notification_id, letter> letters_;
};

} // namespace btpay
