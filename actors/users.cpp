#include "actors/users.hpp"

#include <caf/all.hpp>

#include <vector>

namespace btpay {

users::users(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<const user_services> services)
    : pinned(config, unit), services_(std::move(services)), policy_(services_->policy) {}

users::behavior_type users::make_behavior() {
  return {
      [this](user_command& asked) -> caf::result<commanded> {
        auto actor = wake(asked.user);
        if (!actor)
          return commanded{tl::unexpected(actor.error()), log_start};
        return delegate(*actor, std::move(asked));
      },
      [this](const tick&) { put_idle_to_sleep(); },
      [this](const policies_changed& now) {
        policy_ = now.decisions;
        for (const auto& [id, who] : active_)
          send(who.actor, now);
      },
      [this](const drain&) {
        auto done = make_response_promise<drained>();
        auto left = std::make_shared<std::size_t>(active_.size());
        if (*left == 0)
          done.deliver(drained{});
        auto one_less = [done, left]() mutable {
          if (--*left == 0)
            done.deliver(drained{});
        };
        for (const auto& [id, who] : active_)
          request(who.actor, caf::infinite, drain{})
              .then([one_less](const drained&) mutable { one_less(); },
                    [one_less](const caf::error&) mutable { one_less(); });
        return done;
      },
  };
}

void users::on_exit() {
  for (const auto& [id, who] : active_)
    send_exit(who.actor, caf::exit_reason::user_shutdown);
  active_.clear();
  services_.reset();
}

result<user_actor> users::wake(user_id user) {
  auto found = active_.find(raw(user));
  if (found == active_.end()) {
    auto account = services_->accounts->find_user(user);
    if (!account)
      return tl::unexpected(account.error());
    user_opened profile{account->name, account->zone, account->home};
    auto actor =
        spawn<btpay::user>(user, std::move(profile), services_->log, services_->writer, policy_, services_->limits);
    found = active_.emplace(raw(user), active{.actor = std::move(actor)}).first;
  }
  found->second.last_used = services_->time->now();
  ++found->second.commands;
  return found->second.actor;
}

void users::put_idle_to_sleep() {
  const auto now = services_->time->now();
  for (auto& [id, who] : active_)
    if (!who.falling_asleep && now - who.last_used > services_->idle_max)
      fall_asleep(id, who);
}

/// Waits until the actor has answered everything; a command that came meanwhile keeps it awake.
void users::fall_asleep(std::uint64_t user, active& who) {
  who.falling_asleep = true;
  request(who.actor, caf::infinite, drain{})
      .then(
          [this, user, before = who.commands](const drained&) {
            auto found = active_.find(user);
            if (found == active_.end())
              return;
            found->second.falling_asleep = false;
            if (found->second.commands != before)
              return;
            send_exit(found->second.actor, caf::exit_reason::user_shutdown);
            active_.erase(found);
          },
          [this, user](const caf::error&) { active_.erase(user); });
}

} // namespace btpay
