#pragma once
/// Log-in and new accounts: whatever costs a password hash.

#include "actors/interfaces.hpp"
#include "domain/time.hpp"
#include "storage/account_store.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>

namespace btpay {

/// Spawned detached by the assembly: a hash takes about 0.1 s, and one at a time is a limit on guessing.
class authenticator : public authenticator_actor::base {
public:
  using super = authenticator_actor::base;

  authenticator(caf::actor_config& config, std::shared_ptr<account_store> accounts,
                std::shared_ptr<const btpay::clock> time, std::chrono::seconds session_age_max);

  behavior_type make_behavior() override;

private:
  logged_in open_session(const log_in& who);

  std::shared_ptr<account_store> accounts_;
  std::shared_ptr<const btpay::clock> clock_;
  std::chrono::seconds session_age_max_;
};

} // namespace btpay
