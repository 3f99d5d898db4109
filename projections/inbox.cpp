#include "projections/inbox.hpp"

#include <variant>

namespace btpay {

bool inbox::apply(const recorded_event& e) {
  if (const auto* posted = std::get_if<notification_posted>(&e.body))
    return letters_.emplace(notification_id{raw(e.at)}, letter{*posted, e.recorded_at}).second;
  if (const auto* cleared = std::get_if<notification_cleared>(&e.body))
    return letters_.erase(cleared->id) > 0;
  return false;
}

bool inbox::is_unread(notification_id id, instant now) const {
  const auto found = letters_.find(id);
  return found != letters_.end() && is_current(found->second, now);
}

} // namespace btpay
