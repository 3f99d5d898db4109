#include "storage/user_event_cursor.hpp"

#include <utility>

namespace btpay {

result<user_event_cursor::passed> user_event_cursor::read_on(const event_log& log, const visitor& visit) {
  if (!way_known_) {
    if (auto gone = go_back(log); !gone)
      return tl::unexpected{std::move(gone.error())};
    if (!way_known_)
      return passed{.links = ends_.empty() ? 0 : portion_events_};
  }
  return visit_portion(log, visit);
}

result<void> user_event_cursor::go_back(const event_log& log) {
  if (ends_.empty()) {
    const auto last = log.head_of(user_);
    if (!last)
      return tl::unexpected{last.error()};
    looked_ = true;
    if (*last <= visited_)
      return {};
    ends_.push_back(*last);
  }
  const auto before = log.user_event_before(user_, ends_.back(), portion_events_);
  if (!before)
    return tl::unexpected{before.error()};
  way_known_ = *before <= visited_;
  if (!way_known_)
    ends_.push_back(*before);
  return {};
}

result<user_event_cursor::passed> user_event_cursor::visit_portion(const event_log& log, const visitor& visit) {
  passed cost;
  const auto read = log.read_user_until(user_, visited_, ends_.back(), [&](const recorded_event& e) {
    visit(e);
    visited_ = e.at;
    ++cost.events;
    return true;
  });
  if (!read)
    return tl::unexpected{read.error()};
  ends_.pop_back();
  way_known_ = !ends_.empty();
  return cost;
}

} // namespace btpay
