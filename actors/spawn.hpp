#pragma once
/// Spawning a pinned actor, so that its first message too runs on its own unit.

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

#include <utility>

namespace btpay {

/// `Actor`'s constructor takes (actor_config&, execution_unit&, args...).
template <class Actor, class... Args>
auto spawn_pinned(caf::actor_system& system, caf::execution_unit& unit, Args&&... args) {
  caf::actor_config config{&unit};
  return system.spawn_class<Actor, caf::no_spawn_options>(config, unit, std::forward<Args>(args)...);
}

} // namespace btpay
