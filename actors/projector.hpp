#pragma once
/// The projection actors: one per view and share of the users.

#include "actors/interfaces.hpp"
#include "domain/time.hpp"
#include "projections/projection.hpp"
#include "storage/event_log.hpp"

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace btpay {

/// How many slices a projector's users are in; one slice is looked after at each tick, so that neither the periodic
/// messages nor the clearing away come in bursts.
inline constexpr std::size_t projector_slices = 25;

/// How many views whose windows are due are moved before others have their turn.
inline constexpr std::size_t due_views_max = 256;

/// After how many events, when views are folded again by new rules, others have their turn.
inline constexpr std::size_t refolded_events_max = 2'048;

/// For how long a projector leaves its thread to others before it goes on with such work.
inline constexpr std::chrono::milliseconds go_on_pause{1};

/// How often a projector wants a `tick`: all slices in five seconds.
inline constexpr std::chrono::milliseconds projector_tick{200};

struct projector_services {
  std::shared_ptr<const event_log> log;
  std::shared_ptr<const clock> time;
  view_policy policy;
  /// Whether the five-second dashboard is sent where nothing has changed since the last one.
  bool repeat_unchanged_dashboard = true;
  duration idle_max = std::chrono::minutes{1}; ///< a view that nobody watches or asks for is forgotten after this
};

/// Folds the committed events of its users into their views. A view is folded from the user's log when somebody asks
/// for it and forgotten when nobody has for a while, so memory follows active users. An event whose `previous` is not
/// the last one folded shows a gap, which is filled from the log: missed or repeated news do no harm. Pinned to `unit`.
projector_actor spawn_projector(caf::actor_system& system, caf::execution_unit& unit, view_kind view,
                                std::shared_ptr<const projector_services> services);

} // namespace btpay
