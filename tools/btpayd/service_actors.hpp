#pragma once
/// The actors that know users: WRITER, KEEPER and HISTORIAN, one of each, and on each io thread USERS, PROJECTORs,
/// NOTIFIER and BOOKKEEPER for its share of the users.

#include "actors/interfaces.hpp"
#include "actors/projection_meters.hpp"
#include "actors/shards.hpp"
#include "actors/stored_views.hpp"
#include "domain/time.hpp"
#include "tools/btpayd/service_store.hpp"
#include "tools/common/policies.hpp"
#include "transport/bridge.hpp"

#include <caf/actor_system.hpp>
#include <caf/fwd.hpp>

#include <memory>

namespace btpay {

struct notifier_services;
struct projector_services;
struct user_services;

/// Owner: the assembly. Made when the store is open and the units run; gone before the actor system is.
///
/// Its life is constructor, `drain`, `end`, on the main thread. All that it decided is on disk when `drain` returns;
/// who may still ask (sockets, ROUTES) ends before `end`, and WRITER and KEEPER end last.
class service_actors {
public:
  /// Spawns them, joins WRITER with those who hear of commits, and starts their ticks.
  service_actors(caf::actor_system& system, io_units& units, const service_store& store,
                 std::shared_ptr<const clock> time, const policies& rules, bool repeat_unchanged_dashboard);

  /// By share of the users; null after `end`.
  const std::shared_ptr<const shards>& by_user() const noexcept { return shards_; }

  /// What the PROJECTORs tell operators. Any thread.
  const projection_meters& meters() const noexcept { return *meters_; }
  /// What became of stored views. Any thread.
  const view_counts& counts() const noexcept { return *counts_; }

  /// From now on they decide, fold and keep by these rules. Any thread, before `end`.
  void adopt(const policies& rules) const;

  /// Waits until what is being decided is on disk, and what is folded is kept; for each part so long at most, which is
  /// then logged: nothing acknowledged is lost by it.
  void drain();

  /// Ends who decides and who listens, then who writes. Returns at once; the actor system waits for them.
  void end();

private:
  void spawn_keeper(io_units& units, const service_store& store);
  shard spawn_shard(io_unit& unit, const std::shared_ptr<const user_services>& for_users,
                    const std::shared_ptr<const projector_services>& for_views,
                    const std::shared_ptr<const notifier_services>& for_notes);
  void keep_views_of_now(caf::scoped_actor& self) const;

  caf::actor_system& system_;
  std::shared_ptr<view_counts> counts_ = std::make_shared<view_counts>();
  std::shared_ptr<projection_meters> meters_ = std::make_shared<projection_meters>();
  keeper_actor keeper_; ///< where there is a store of views
  writer_actor writer_;
  historian_actor historian_;
  std::shared_ptr<const shards> shards_;
};

} // namespace btpay
