#pragma once
/// The actors that meet the world: ROUTES on each io thread, with AUTHENTICATOR and ADMIN, which answer what ROUTES
/// must not wait for.

#include "actors/admin.hpp"
#include "actors/interfaces.hpp"
#include "actors/routes.hpp"
#include "domain/errc.hpp"
#include "tools/btpayd/config.hpp"
#include "transport/bridge.hpp"
#include "transport/forward_auth.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <vector>

namespace btpay {

/// Owner: the assembly. Gone after the units, since a question to an application that nobody answered lasts until its
/// unit is gone; but `end` comes before the actor system's end, and before that of the actors whom ROUTES asks. Used
/// from the main thread.
class front_actors {
public:
  front_actors() = default;
  front_actors(const front_actors&) = delete;
  front_actors& operator=(const front_actors&) = delete;

  /// Once. Of `services` the caller gives what the running service has: actors, store, pages and what operators may do
  /// to it; the rest is by the settings. Fails where the settings name keys that cannot be read or used, or an
  /// application by what is no URL; what is there by then ends with `end`.
  result<void> spawn(caf::actor_system& system, io_units& units, routes_services services, admin::socket_lister sockets,
                     const config& settings);

  /// One per unit, in the order of the units.
  const std::vector<routes_actor>& routes() const noexcept { return routes_; }

  /// Returns at once; the actor system waits for them. Nothing is left to end where nothing was spawned.
  void end();

private:
  result<void> add_identity(routes_services& services, io_units& units, const config& settings);

  std::vector<std::unique_ptr<forward_auth>> applications_; ///< one per unit, or none
  authenticator_actor authenticator_;
  admin_actor admin_;
  std::vector<routes_actor> routes_;
};

} // namespace btpay
