#include "actors/sessions.hpp"

#include "actors/live_session.hpp"
#include "actors/notify_session.hpp"
#include "actors/spawn.hpp"

#include <caf/all.hpp>

namespace btpay {

session_opener make_session_opener(caf::actor_system& system, std::shared_ptr<const session_services> services) {
  return [&system, services = std::move(services)](caf::execution_unit& unit, std::shared_ptr<connection> socket,
                                                   const session_grant& grant) -> session_actor {
    switch (grant.kind) {
    case session_kind::live:
      return spawn_pinned<live_session>(system, unit, std::move(socket), grant, services);
    case session_kind::notify:
      return spawn_pinned<notify_session>(system, unit, std::move(socket), grant.who.id, services);
    }
    return {};
  };
}

} // namespace btpay
