#pragma once
/// Finds the actor of a user: wakes it for a command, and puts it to sleep when it has been idle.

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/user.hpp"
#include "domain/decide.hpp"
#include "domain/time.hpp"
#include "storage/account_store.hpp"
#include "storage/event_log.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace btpay {

/// What every user's actor is made with.
struct user_services {
  std::shared_ptr<const event_log> log;
  std::shared_ptr<const account_store> accounts;
  std::shared_ptr<const clock> time;
  writer_actor writer;
  decision_policy policy;
  user_limits limits;
  duration idle_max = std::chrono::minutes{5}; ///< an idle user is put to sleep after this
};

/// USERS of one share of the users, with the same interface as USER: commands are handed on. There is never more than
/// one actor for a user, since only this one makes them; and were there two, the log refuses the second as stale.
class users : public pinned<user_actor::base> {
public:
  users(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<const user_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct active {
    user_actor actor;
    instant last_used{};
    std::uint64_t commands = 0;
    bool falling_asleep = false;
  };

  result<user_actor> wake(user_id user);
  void put_idle_to_sleep();
  void fall_asleep(std::uint64_t user, active& who);

  std::shared_ptr<const user_services> services_;
  decision_policy policy_; ///< in force now
  std::unordered_map<std::uint64_t, active> active_;
};

} // namespace btpay
