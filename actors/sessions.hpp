#pragma once
/// The session actors: one per WebSocket, between its client and the actors of its user.

#include "actors/interfaces.hpp"
#include "actors/shards.hpp"
#include "domain/time.hpp"

#include <caf/execution_unit.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace btpay {

struct session_limits {
  std::size_t errors_in_row_max = 100;    ///< a client that sends nothing but errors is closed after this many
  std::size_t waiting_commands_max = 256; ///< commands kept while an earlier one is answered
  std::size_t waiting_questions_max = 16; ///< questions about the past kept while an earlier one is answered
};

/// What every session is made with; outlives them all.
struct session_services {
  std::shared_ptr<const shards> actors;
  std::shared_ptr<const clock> time;
  session_limits limits;
  std::string epoch;                    ///< of the log, as `wire_epoch` gives it
  std::shared_ptr<const event_log> log; ///< asked only whether it has a position
};

/// What a queued message of a view is replaced by.
constexpr conflation conflation_of(view_kind view) noexcept {
  switch (view) {
  case view_kind::dashboard:
    return conflation::dashboard;
  case view_kind::pending:
    return conflation::pending;
  case view_kind::hourly:
    return conflation::hourly;
  case view_kind::categories:
    return conflation::categories;
  }
  return conflation::none;
}

/// How the transport opens sessions of either kind, pinned to the connection's io thread.
session_opener make_session_opener(caf::actor_system& system, std::shared_ptr<const session_services> services);

} // namespace btpay
