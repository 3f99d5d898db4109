#pragma once
/// All actors of a service over a memory log: everything but the sockets.

#include "actors/admin.hpp"
#include "actors/bookkeeper.hpp"
#include "actors/historian.hpp"
#include "actors/messages.hpp"
#include "actors/notifier.hpp"
#include "actors/projector.hpp"
#include "actors/sessions.hpp"
#include "actors/shards.hpp"
#include "actors/users.hpp"
#include "actors/writer.hpp"
#include "storage/account_store.hpp"
#include "storage/memory_event_log.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/fake_connection.hpp"
#include "tests/support/temp_dir.hpp"

#include <string_view>

namespace btpay::testing {

class service_fixture : public actor_fixture {
public:
  service_fixture() {
    accounts = *account_store::open(directory.path() / "accounts");
    ana = *accounts->add_user("ana", {}, "Europe/Bucharest", {});
    bogdan = *accounts->add_user("bogdan", {}, "Europe/Bucharest", {});
    writer = own(system.spawn<btpay::writer>(log, time, writer_limits{}));
    const auto rules = *make_default_classifier(shipped_rules());
    const auto user_part = std::make_shared<const user_services>(user_services{
        .log = log, .accounts = accounts, .time = time, .writer = writer, .policy = {.rules = rules}, .limits = {}});
    const auto view_part = std::make_shared<const projector_services>(projector_services{
        .log = log, .time = time, .policy = {.rules = rules}, .epoch = wire_epoch(log->epoch()), .meters = meters});
    shard one;
    one.users = spawn_pinned<users>(user_part);
    one.notifier = spawn_pinned<notifier>(
        std::make_shared<const notifier_services>(notifier_services{log, time, wire_epoch(log->epoch())}));
    one.historian = own(system.spawn<historian>(std::make_shared<const historian_services>(
        historian_services{.log = log, .time = time, .policy = {.rules = rules}})));
    one.bookkeeper = spawn_pinned<bookkeeper>(view_part);
    caf::anon_send(writer, listen{one.bookkeeper});
    for (const auto view : all_views) {
      const auto projector = own(spawn_projector(system, unit, view, view_part));
      one.projectors[static_cast<std::size_t>(view)] = projector;
      caf::anon_send(writer, listen{projector});
    }
    caf::anon_send(writer, listen{one.notifier});
    actors = std::make_shared<const shards>(std::vector<shard>{one});
    run();
  }

  ~service_fixture() { actors.reset(); }

  session_actor open(session_kind kind, const account& who, const std::shared_ptr<fake_connection>& socket) {
    const auto services =
        std::make_shared<const session_services>(session_services{actors, time, {}, wire_epoch(log->epoch()), log});
    return own(make_session_opener(system, services)(unit, socket, {kind, who}));
  }

  commanded import(const account& who, std::vector<transaction> rows) {
    return ask<commanded>(actors->users(who.id), user_command{who.id, import_transactions{std::move(rows)}});
  }

  void say(const session_actor& session, std::string text, bool binary = false) {
    caf::anon_send(session, frame_received{std::move(text), binary});
  }

  /// Lets five seconds pass as the io threads' timers do.
  void pass_five_seconds() {
    for (std::size_t i = 0; i < projector_slices; ++i) {
      time->advance(projector_tick);
      for (const auto& projector : actors->all().front().projectors)
        caf::anon_send(projector, tick{});
      run();
    }
  }

  temp_dir directory;
  std::shared_ptr<event_log> log = make_memory_event_log();
  std::shared_ptr<manual_clock> time = std::make_shared<manual_clock>(noon);
  std::shared_ptr<projection_meters> meters = std::make_shared<projection_meters>();
  std::shared_ptr<account_store> accounts;
  account ana, bogdan;
  writer_actor writer;
  std::shared_ptr<const shards> actors;
};

} // namespace btpay::testing
