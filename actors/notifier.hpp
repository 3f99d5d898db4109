#pragma once
/// Hands notifications to the sockets of a share of the users.

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "domain/time.hpp"
#include "projections/inbox.hpp"
#include "storage/event_log.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace btpay {

struct notifier_services {
  std::shared_ptr<const event_log> log;
  std::shared_ptr<const clock> time;
  std::string epoch; ///< of the log, as `wire_epoch` gives it
};

/// Keeps who listens, and of those who listen at level 2 what is unread; everything else is in the log. Pinned.
class notifier : public pinned<notifier_actor::base> {
public:
  notifier(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<const notifier_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct listener {
    session_actor who;
    view_form form;
    std::uint32_t subscription;
  };

  /// A user somebody listens for. The inbox is there from the first listener of level 2 on.
  struct entry {
    std::vector<listener> listeners;
    std::optional<inbox> unread;
    position at{}; ///< the last event that the inbox holds
  };

  void take(const recorded_event& e);
  void add(const watch& asked);
  result<std::vector<shared_bytes>> inbox_of(entry& user, const watch& asked);
  result<void> catch_up(user_id user, entry& into);
  void tell(const entry& user, const recorded_event& e);
  void remove(const unwatch& gone);

  shared_bytes message(notification_id id, const inbox::letter& what) const;
  shared_bytes message(const recorded_event& e, const notification_cleared& what) const;

  std::shared_ptr<const notifier_services> services_;
  std::unordered_map<std::uint64_t, entry> users_;
};

} // namespace btpay
