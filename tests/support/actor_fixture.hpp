#pragma once
/// Actors in a test: one thread, no scheduling but what the test asks for, time that stands still until it is moved.

#include "actors/spawn.hpp"
#include "domain/time.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace btpay::testing {

/// A clock that the test sets.
class manual_clock final : public btpay::clock {
public:
  explicit manual_clock(instant start) : now_(start) {}
  instant now() const noexcept override { return now_; }
  void set(instant to) { now_ = to; }
  void advance(duration by) { now_ += by; }

private:
  instant now_;
};

/// Runs what is pinned to it on the test's scheduler, in the order of arrival.
class test_unit final : public caf::execution_unit {
public:
  explicit test_unit(caf::actor_system& system) : caf::execution_unit(&system) {}
  void exec_later(caf::resumable* job) override { system().scheduler().enqueue(job); }
};

struct actor_system_config : caf::actor_system_config {
  actor_system_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// An actor system that only moves in `run()`. Every actor spawned through `own` is ended with the fixture, since one
/// that sends to itself would otherwise keep the tear-down waiting.
class actor_fixture {
public:
  actor_fixture()
      : system(config), unit(system), scheduler(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())) {}

  ~actor_fixture() {
    for (auto& actor : owned_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    owned_.clear();
    run();
  }
  actor_fixture(const actor_fixture&) = delete;
  actor_fixture& operator=(const actor_fixture&) = delete;

  /// Delivers messages until none is left.
  void run() { scheduler.run(); }

  template <class Handle>
  Handle own(Handle handle) {
    owned_.push_back(caf::actor_cast<caf::strong_actor_ptr>(handle));
    return handle;
  }

  template <class Actor, class... Args>
  auto spawn_pinned(Args&&... args) {
    return own(btpay::spawn_pinned<Actor>(system, unit, std::forward<Args>(args)...));
  }

  /// Asks, runs, and gives the answer.
  template <class Reply, class Handle, class Request>
  Reply ask(const Handle& whom, Request request) {
    auto asked = ask_later<Reply>(whom, std::move(request));
    run();
    if (!asked->has_value())
      throw std::runtime_error("no answer");
    return std::move(**asked);
  }

  /// Asks without running: the answer appears in the optional.
  template <class Reply, class Handle, class Request>
  std::shared_ptr<std::optional<Reply>> ask_later(const Handle& whom, Request request) {
    auto answer = std::make_shared<std::optional<Reply>>();
    own(system.spawn<asker<Reply, Handle, Request>>(whom, std::move(request), answer));
    return answer;
  }

  actor_system_config config;
  caf::actor_system system;
  test_unit unit;
  caf::scheduler::test_coordinator& scheduler;

private:
  /// Asks once. A class, since CAF's spawning of functions binds a null reference, which UBSan reports.
  template <class Reply, class Handle, class Request>
  class asker : public caf::event_based_actor {
  public:
    asker(caf::actor_config& config, Handle whom, Request what, std::shared_ptr<std::optional<Reply>> answer)
        : caf::event_based_actor(config), whom_(std::move(whom)), what_(std::move(what)), answer_(std::move(answer)) {}

    caf::behavior make_behavior() override {
      request(whom_, caf::infinite, std::move(what_)).then([this](Reply& reply) { *answer_ = std::move(reply); });
      return {};
    }
    void on_exit() override { whom_ = nullptr; }

  private:
    Handle whom_;
    Request what_;
    std::shared_ptr<std::optional<Reply>> answer_;
  };

  std::vector<caf::strong_actor_ptr> owned_;
};

} // namespace btpay::testing
