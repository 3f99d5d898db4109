#include "storage/event_log.hpp"

#include <string>

namespace btpay {

result<void> check_expected(const new_events& wanted, position head) {
  if (wanted.expected == head)
    return {};
  return refuse(errc::stale, "user " + std::to_string(raw(wanted.user)) + " is at event " + std::to_string(raw(head)) +
                                 " and no longer at " + std::to_string(raw(wanted.expected)) + ": decide again");
}

} // namespace btpay
