#include "actors/bookkeeper.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <variant>

namespace btpay {

namespace {

template <class Entry>
void apply(Entry& into, const recorded_event& e) {
  into.all.apply(e);
  into.figures.apply(e);
  into.at = e.at;
}

} // namespace

bookkeeper::bookkeeper(caf::actor_config& config, caf::execution_unit& unit,
                       std::shared_ptr<const projector_services> services)
    : pinned(config, unit), services_(std::move(services)), policy_(services_->policy) {}

bookkeeper::behavior_type bookkeeper::make_behavior() {
  return {
      [this](const committed& news) { fold(*news.events); },
      [this](const book_query& asked) { return answer(asked); },
      [this](const tick&) { forget_idle(); },
      [this](const policies_changed& now) {
        policy_ = now.views;
        users_.clear(); // Folded again when somebody asks.
      },
  };
}

void bookkeeper::on_exit() { users_.clear(); }

void bookkeeper::fold(const std::vector<recorded_event>& events) {
  if (users_.empty())
    return;
  for (const auto& e : events) {
    const auto found = users_.find(raw(e.user));
    if (found == users_.end() || e.at <= found->second.at)
      continue;
    if (e.previous == found->second.at)
      apply(found->second, e);
    else if (!catch_up(e.user, found->second))
      users_.erase(found);
  }
}

bool bookkeeper::catch_up(user_id user, entry& into) {
  const auto read = services_->log->read_user(user, into.at, [&into](const recorded_event& e) {
    apply(into, e);
    return true;
  });
  if (!read)
    spdlog::error("bookkeeper: cannot read user {}: {}", raw(user), read.error().message);
  return read.has_value();
}

/// Null where the user's log cannot be read.
bookkeeper::entry* bookkeeper::up_to_date(user_id user) {
  const auto [found, added] = users_.try_emplace(raw(user), policy_);
  if (added && !catch_up(user, found->second)) {
    users_.erase(found);
    return nullptr;
  }
  found->second.last_used = services_->time->now();
  return &found->second;
}

book_page bookkeeper::answer(const book_query& asked) {
  const auto* found = up_to_date(asked.user);
  if (!found)
    return {};
  auto data = std::make_shared<std::string>();
  const auto now = services_->time->now();
  if (const auto* wanted = std::get_if<book_selection>(&asked.what))
    found->all.render_transactions(*data, *wanted, now);
  else if (std::holds_alternative<book_query::stats>(asked.what))
    found->figures.render(*data, now);
  else
    found->all.render_review(*data);
  return {found->at, std::move(data)};
}

void bookkeeper::forget_idle() {
  const auto now = services_->time->now();
  std::erase_if(users_, [&](const auto& one) { return now - one.second.last_used > services_->idle_max; });
}

} // namespace btpay
