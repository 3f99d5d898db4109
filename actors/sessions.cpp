#include "actors/sessions.hpp"

#include "actors/echo_session.hpp"
#include "actors/event_stream.hpp"
#include "actors/live_session.hpp"
#include "actors/notify_session.hpp"
#include "actors/spawn.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <utility>

namespace btpay {

namespace {

constexpr std::chrono::milliseconds retry_time_min{1'000};
constexpr std::chrono::milliseconds retry_time_spread{2'000};

/// Browsers come again after a time that does not grow, so that it differs from one to the next.
std::chrono::milliseconds retry_time(instant now) {
  const auto moment = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  return retry_time_min + moment % retry_time_spread;
}

/// The session of a WebSocket, which writes events, and gets what its client would have sent.
session_actor open_stream(caf::actor_system& system, caf::execution_unit& unit, std::shared_ptr<connection> socket,
                          const session_grant& grant, std::shared_ptr<const session_services> services) {
  auto events = make_event_stream(std::move(socket), *grant.stream, retry_time(services->time->now()));
  const session_actor made = spawn_pinned<live_session>(system, unit, std::move(events), grant, std::move(services));
  caf::anon_send(made, frame_received{grant.stream->opening});
  return made;
}

} // namespace

session_opener make_session_opener(caf::actor_system& system, std::shared_ptr<const session_services> services) {
  return [&system, services = std::move(services)](caf::execution_unit& unit, std::shared_ptr<connection> socket,
                                                   const session_grant& grant) -> session_actor {
    switch (grant.kind) {
    case session_kind::live:
      return spawn_pinned<live_session>(system, unit, std::move(socket), grant, services);
    case session_kind::echo:
      return spawn_pinned<echo_session>(system, unit, std::move(socket));
    case session_kind::stream:
      return open_stream(system, unit, std::move(socket), grant, services);
    case session_kind::notify:
      return spawn_pinned<notify_session>(system, unit, std::move(socket), grant.who.id, services);
    }
    return {};
  };
}

} // namespace btpay
