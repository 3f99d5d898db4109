#pragma once
/// The projection actors: one per view and share of the users.

#include "actors/interfaces.hpp"
#include "actors/projection_meters.hpp"
#include "actors/stored_views.hpp"
#include "domain/time.hpp"
#include "projections/projection.hpp"
#include "storage/event_log.hpp"

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace btpay {

/// How many slices a projector's users are in; one slice is looked after at each tick, so that neither the periodic
/// messages nor the clearing away come in bursts.
inline constexpr std::size_t projector_slices = 25;

/// How many views whose windows are due are moved before others have their turn.
inline constexpr std::size_t due_views_max = 256;

/// For how long a projector leaves its thread to others before it goes on with such work.
inline constexpr std::chrono::milliseconds go_on_pause{1};

/// A view that changes is kept so often at most.
inline constexpr std::chrono::minutes keep_pause{1};

/// What it hands over at the end takes a projector so long at most.
inline constexpr std::chrono::milliseconds projector_drain_time{500};

/// How often a projector wants a `tick`: all slices in five seconds.
inline constexpr std::chrono::milliseconds projector_tick{200};

struct projector_services {
  std::shared_ptr<const event_log> log;
  std::shared_ptr<const clock> time;
  view_policy policy;
  /// Whether the five-second dashboard is sent where nothing has changed since the last one.
  bool repeat_unchanged_dashboard = true;
  std::string epoch{};                         ///< of the log, as `wire_epoch` gives it
  duration idle_max = std::chrono::minutes{1}; ///< a view that nobody watches or asks for is forgotten after this
  std::shared_ptr<projection_meters> meters = std::make_shared<projection_meters>();

  // Where views are kept; without a store, or a code, none are.
  std::shared_ptr<const view_store> stored{};
  keeper_actor keeper{};
  std::shared_ptr<view_counts> counts = std::make_shared<view_counts>();
  std::array<std::uint64_t, view_kinds> codes{}; ///< as in `policies_changed`
};

/// Folds the committed events of its users into their views. A view is folded from the user's log when somebody asks
/// for it and forgotten when nobody has for a while, so memory follows active users. An event whose `previous` is not
/// the last one folded shows a gap, which is filled from the log: missed or repeated news do no harm. Pinned to `unit`.
///
/// What it forgets it hands to KEEPER, and what changes from time to time. A view that was kept, and is what the log
/// gives, is served without a fold until more than its bytes is wanted; then it is folded and compared.
projector_actor spawn_projector(caf::actor_system& system, caf::execution_unit& unit, view_kind view,
                                std::shared_ptr<const projector_services> services);

} // namespace btpay
