#include "actors/notifier.hpp"

#include "actors/messages.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace btpay {

notifier::behavior_type notifier::make_behavior() {
  return {
      [this](const committed& news) {
        for (const auto& e : *news.events)
          deliver(e);
      },
      [this](const watch& asked) { watchers_[raw(asked.user)].push_back(asked.who); },
      [this](const unwatch& gone) { remove(gone); },
  };
}

void notifier::on_exit() { watchers_.clear(); }

void notifier::deliver(const recorded_event& e) {
  const auto* posted = std::get_if<notification_posted>(&e.body);
  if (!posted)
    return;
  const auto found = watchers_.find(raw(e.user));
  if (found == watchers_.end())
    return;
  const notification_frame frame{e.at, notification_message(*posted, notification_id{raw(e.at)}, e.recorded_at)};
  for (const auto& watcher : found->second)
    send(watcher, frame);
}

void notifier::remove(const unwatch& gone) {
  const auto found = watchers_.find(raw(gone.user));
  if (found == watchers_.end())
    return;
  std::erase(found->second, gone.who);
  if (found->second.empty())
    watchers_.erase(found);
}

} // namespace btpay
