#pragma once
/// Hands notifications to the sockets of a share of the users.

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace btpay {

/// Keeps nothing but who listens: what was posted is in the log. Pinned.
class notifier : public pinned<notifier_actor::base> {
public:
  using pinned::pinned;

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void deliver(const recorded_event& e);
  void remove(const unwatch& gone);

  std::unordered_map<std::uint64_t, std::vector<session_actor>> watchers_; ///< by user
};

} // namespace btpay
