#include "tools/btpayd/service_actors.hpp"

#include "actors/bookkeeper.hpp"
#include "actors/historian.hpp"
#include "actors/keeper.hpp"
#include "actors/messages.hpp"
#include "actors/notifier.hpp"
#include "actors/projector.hpp"
#include "actors/spawn.hpp"
#include "actors/users.hpp"
#include "actors/writer.hpp"
#include "tools/common/view_folds.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace btpay {

namespace {

using namespace std::chrono_literals;

constexpr auto users_tick = 30s;         ///< how often idle users are looked for
constexpr auto decisions_end_time = 10s; ///< for what is being decided at the end

template <class Actor>
void tick_each(std::chrono::milliseconds interval, io_unit& unit, const Actor& whom) {
  unit.every(interval, [whom] { caf::anon_send(whom, tick{}); });
}

} // namespace

service_actors::service_actors(caf::actor_system& system, io_units& units, const service_store& store,
                               std::shared_ptr<const clock> time, const policies& rules,
                               bool repeat_unchanged_dashboard)
    : system_(system) {
  if (store.views)
    spawn_keeper(units, store);
  writer_ = system.spawn<writer, caf::detached>(store.log, time, writer_limits{});
  const auto epoch = wire_epoch(store.log->epoch());
  const auto for_users = std::make_shared<const user_services>(user_services{.log = store.log,
                                                                             .accounts = store.accounts,
                                                                             .time = time,
                                                                             .writer = writer_,
                                                                             .policy = rules.decisions,
                                                                             .limits = {}});
  const auto for_views = std::make_shared<const projector_services>(
      projector_services{.log = store.log,
                         .time = time,
                         .policy = rules.views,
                         .repeat_unchanged_dashboard = repeat_unchanged_dashboard,
                         .epoch = epoch,
                         .meters = meters_,
                         .stored = store.views,
                         .keeper = keeper_,
                         .counts = counts_,
                         .codes = code_ids(rules)});
  const auto for_notes = std::make_shared<const notifier_services>(notifier_services{store.log, time, epoch});
  historian_ = system.spawn<historian, caf::detached>(std::make_shared<const historian_services>(
      historian_services{.log = store.log, .time = time, .policy = rules.views}));
  tick_each(historian_tick, units[0], historian_);

  std::vector<shard> all;
  for (std::size_t i = 0; i < units.size(); ++i)
    all.push_back(spawn_shard(units[i], for_users, for_views, for_notes));
  shards_ = std::make_shared<const shards>(std::move(all));
}

void service_actors::spawn_keeper(io_units& units, const service_store& store) {
  keeper_ =
      system_.spawn<keeper, caf::detached>(store.views, std::string(store.log->epoch()), counts_, keeper_limits{});
  tick_each(keeper_tick, units[0], keeper_);
}

shard service_actors::spawn_shard(io_unit& unit, const std::shared_ptr<const user_services>& for_users,
                                  const std::shared_ptr<const projector_services>& for_views,
                                  const std::shared_ptr<const notifier_services>& for_notes) {
  shard made;
  made.users = spawn_pinned<users>(system_, unit, for_users);
  made.notifier = spawn_pinned<notifier>(system_, unit, for_notes);
  for (const auto view : all_views) {
    auto& projector = made.projectors[static_cast<std::size_t>(view)];
    projector = spawn_projector(system_, unit, view, for_views);
    caf::anon_send(writer_, listen{projector});
  }
  caf::anon_send(writer_, listen{made.notifier});
  made.historian = historian_;
  made.bookkeeper = spawn_pinned<bookkeeper>(system_, unit, for_views);
  caf::anon_send(writer_, listen{made.bookkeeper});
  tick_each(bookkeeper_tick, unit, made.bookkeeper);
  unit.every(projector_tick, [projectors = made.projectors] {
    for (const auto& projector : projectors)
      caf::anon_send(projector, tick{});
  });
  tick_each(users_tick, unit, made.users);
  return made;
}

void service_actors::adopt(const policies& rules) const {
  const policies_changed news{rules.decisions, rules.views, code_ids(rules)};
  for (const auto& one : shards_->all()) {
    caf::anon_send(one.users, news);
    for (const auto& projector : one.projectors)
      caf::anon_send(projector, news);
    caf::anon_send(one.bookkeeper, news);
  }
  caf::anon_send(historian_, news);
}

void service_actors::drain() {
  caf::scoped_actor self{system_};
  const auto wait = [&self](const auto& whom) {
    self->request(whom, decisions_end_time, btpay::drain{})
        .receive(
            [](const drained&) {},
            [](const caf::error&) { spdlog::error("a part did not finish in time; nothing acknowledged is lost"); });
  };
  // Who decides hands to WRITER, and who folds to KEEPER.
  for (const auto& one : shards_->all())
    wait(one.users);
  wait(writer_);
  if (keeper_) {
    keep_views_of_now(self);
    wait(keeper_);
  }
}

/// All projectors hand over what they have, those of different threads at the same time.
void service_actors::keep_views_of_now(caf::scoped_actor& self) const {
  const auto ask = [&self](const projector_actor& whom) {
    return self->request(whom, decisions_end_time, btpay::drain{});
  };
  std::vector<decltype(ask(projector_actor{}))> all;
  for (const auto& one : shards_->all())
    for (const auto& projector : one.projectors)
      all.push_back(ask(projector));
  for (auto& one : all)
    one.receive([](const drained&) {}, [](const caf::error&) { spdlog::warn("not every view is kept"); });
}

void service_actors::end() {
  constexpr auto ended = caf::exit_reason::user_shutdown;
  for (const auto& one : shards_->all()) {
    caf::anon_send_exit(one.users, ended);
    caf::anon_send_exit(one.notifier, ended);
    caf::anon_send_exit(one.bookkeeper, ended);
    for (const auto& projector : one.projectors)
      caf::anon_send_exit(projector, ended);
  }
  shards_.reset();
  caf::anon_send_exit(historian_, ended);
  historian_ = nullptr;
  caf::anon_send_exit(writer_, ended);
  writer_ = nullptr;
  caf::anon_send_exit(keeper_, ended);
  keeper_ = nullptr;
}

} // namespace btpay
