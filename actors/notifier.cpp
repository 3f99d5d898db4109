#include "actors/notifier.hpp"

#include "actors/messages.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace btpay {

notifier::notifier(caf::actor_config& config, caf::execution_unit& unit,
                   std::shared_ptr<const notifier_services> services)
    : pinned(config, unit), services_(std::move(services)) {}

notifier::behavior_type notifier::make_behavior() {
  return {
      [this](const committed& news) {
        for (const auto& e : *news.events)
          take(e);
      },
      [this](const watch& asked) { add(asked); },
      [this](const unwatch& gone) { remove(gone); },
  };
}

void notifier::on_exit() { users_.clear(); }

void notifier::take(const recorded_event& e) {
  const auto found = users_.find(raw(e.user));
  if (found == users_.end())
    return;
  auto& user = found->second;
  if (!user.unread)
    return tell(user, e);
  if (e.at <= user.at)
    return; // Read from the log already, and told.
  if (e.previous != user.at) {
    if (!catch_up(e.user, user))
      spdlog::error("notifier: cannot read user {}", raw(e.user));
    return;
  }
  user.unread->apply(e);
  user.at = e.at;
  tell(user, e);
}

/// Folds what the inbox has not heard of, and tells it.
result<void> notifier::catch_up(user_id id, entry& into) {
  return services_->log->read_user(id, into.at, [&](const recorded_event& e) {
    into.unread->apply(e);
    into.at = e.at;
    tell(into, e);
    return true;
  });
}

void notifier::add(const watch& asked) {
  auto& user = users_[raw(asked.user)];
  if (asked.form.positioned) {
    auto letters = inbox_of(user, asked);
    send(asked.who, inbox_frames{user.at, std::move(letters), asked.subscription});
  }
  user.listeners.push_back({asked.who, asked.form, asked.subscription});
}

/// What one who comes has not seen: everything unread, or of what happened since it was here before.
result<std::vector<shared_bytes>> notifier::inbox_of(entry& user, const watch& asked) {
  if (!user.unread) {
    // Those who listen at level 1 have been told all of it.
    entry fresh;
    fresh.unread.emplace();
    if (auto read = catch_up(asked.user, fresh); !read)
      return tl::unexpected(read.error());
    user.unread = std::move(fresh.unread);
    user.at = fresh.at;
  }
  const auto now = services_->time->now();
  std::vector<shared_bytes> letters;
  const auto add_message = [&](const shared_bytes& json) {
    letters.push_back(asked.form.packed ? packed(*json) : json);
  };
  if (!asked.since) {
    user.unread->visit_unread(now,
                              [&](notification_id id, const inbox::letter& each) { add_message(message(id, each)); });
    return letters;
  }
  auto read = services_->log->read_user(asked.user, asked.since->at, [&](const recorded_event& e) {
    if (e.at > user.at)
      return false; // Comes as news.
    const notification_id id{raw(e.at)};
    if (const auto* posted = std::get_if<notification_posted>(&e.body); posted && user.unread->is_unread(id, now))
      add_message(message(id, {*posted, e.recorded_at}));
    else if (const auto* cleared = std::get_if<notification_cleared>(&e.body);
             cleared && raw(cleared->id) <= raw(asked.since->at))
      add_message(message(e, *cleared));
    return true;
  });
  if (!read)
    return tl::unexpected(read.error());
  return letters;
}

void notifier::tell(const entry& user, const recorded_event& e) {
  const auto* posted = std::get_if<notification_posted>(&e.body);
  const auto* cleared = std::get_if<notification_cleared>(&e.body);
  if (!posted && !cleared)
    return;
  const notification_id id{raw(e.at)};
  shared_bytes plain;
  shared_bytes positioned;
  shared_bytes positioned_packed;
  for (const auto& each : user.listeners) {
    if (!each.form.positioned) {
      if (posted && !plain)
        plain = notification_message(*posted, id, e.recorded_at);
      if (posted)
        send(each.who, notification_frame{e.at, plain});
      continue;
    }
    if (!positioned)
      positioned = posted ? message(id, {*posted, e.recorded_at}) : message(e, *cleared);
    if (each.form.packed && !positioned_packed)
      positioned_packed = packed(*positioned);
    send(each.who, notification_frame{e.at, each.form.packed ? positioned_packed : positioned, each.subscription});
  }
}

shared_bytes notifier::message(notification_id id, const inbox::letter& what) const {
  return notification_message(what.what, id, what.posted_at, {services_->epoch, position{raw(id)}});
}

shared_bytes notifier::message(const recorded_event& e, const notification_cleared& what) const {
  return notification_cleared_message(what, {services_->epoch, e.at}, e.recorded_at);
}

void notifier::remove(const unwatch& gone) {
  const auto found = users_.find(raw(gone.user));
  if (found == users_.end())
    return;
  auto& listeners = found->second.listeners;
  std::erase_if(listeners, [&](const listener& each) { return each.who == gone.who; });
  if (listeners.empty())
    users_.erase(found);
  else if (std::ranges::none_of(listeners, [](const listener& each) { return each.form.positioned; }))
    found->second.unread.reset();
}

} // namespace btpay
