#include "transport/bridge.hpp"

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <future>
#include <set>

using namespace btpay;
using namespace std::chrono_literals;

struct count_up {};
struct fan_out {};
struct where {};
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(count_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fan_out)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(where)

namespace {

/// A count that a test can wait for.
class tally {
public:
  explicit tally(int expected) : left_(expected) {}
  void one() {
    if (left_.fetch_sub(1) == 1)
      reached_.set_value();
  }
  bool reached() { return reached_.get_future().wait_for(20s) == std::future_status::ready; }

private:
  std::atomic<int> left_;
  std::promise<void> reached_;
};

class counter final : public caf::event_based_actor {
public:
  counter(caf::actor_config& config, tally& total) : event_based_actor(config), total_(total) {}
  caf::behavior make_behavior() override {
    return {[this](const count_up&) { total_.one(); }, [](const where&) { return io_unit::current() != nullptr; }};
  }

private:
  tally& total_;
};

class publisher final : public caf::event_based_actor {
public:
  publisher(caf::actor_config& config, std::vector<caf::actor> to) : event_based_actor(config), to_(std::move(to)) {}
  void on_exit() override { to_.clear(); }
  caf::behavior make_behavior() override {
    return {[this](const fan_out&) {
      for (const auto& each : to_)
        send(each, count_up{});
    }};
  }

private:
  std::vector<caf::actor> to_;
};

struct ended final : round_task {
  void at_round_end() override { ++times; }
  int times = 0;
};

/// Units with an actor system on them.
struct running {
  explicit running(std::size_t count = 2) : units(count), config(units), system(config) {}
  io_units units;
  unit_system_config config;
  caf::actor_system system;
};

void end(const caf::actor& who) { caf::anon_send_exit(who, caf::exit_reason::user_shutdown); }

} // namespace

TEST_CASE("a message to 10,000 actors on two units reaches each") {
  tally total(10 * 10'000); // outlives the actors that count
  running here;
  std::vector<caf::actor> all;
  for (int i = 0; i < 10'000; ++i)
    all.push_back(here.system.spawn<counter>(total));
  const auto source = here.system.spawn<publisher>(all);
  for (int i = 0; i < 10; ++i)
    caf::anon_send(source, fan_out{});
  CHECK(total.reached());
  for (const auto& each : all)
    end(each);
  end(source);
}

TEST_CASE("an actor runs on a unit unless it is detached") {
  tally none(1);
  running here;
  const auto attached = here.system.spawn<counter>(none);
  const auto detached = here.system.spawn<counter, caf::detached>(none);
  caf::scoped_actor self(here.system);
  bool on_unit = false;
  const auto failed = [&](const caf::error& failure) { FAIL(here.system.render(failure)); };
  self->request(attached, 20s, where{}).receive([&](bool answer) { on_unit = answer; }, failed);
  CHECK(on_unit);
  self->request(detached, 20s, where{}).receive([&](bool answer) { on_unit = answer; }, failed);
  CHECK_FALSE(on_unit);
  end(attached);
  end(detached);
}

TEST_CASE("a system of actors on units stops cleanly, whatever is under way") {
  for (int round = 0; round < 50; ++round) {
    tally total(200);
    running here;
    std::vector<caf::actor> all;
    for (int i = 0; i < 100; ++i)
      all.push_back(i % 10 == 0 ? here.system.spawn<counter, caf::detached>(total) : here.system.spawn<counter>(total));
    const auto source = here.system.spawn<publisher>(all);
    here.units[0].every(1ms, [source] { caf::anon_send(source, fan_out{}); });
    caf::anon_send(source, fan_out{});
    for (const auto& each : all)
      end(each);
    end(source);
  }
  SUCCEED("no hang, no leak, no use after free");
}

TEST_CASE("work from elsewhere goes round the units") {
  running here;
  std::set<const io_unit*> used;
  for (int i = 0; i < 4; ++i)
    used.insert(&here.units.next());
  CHECK(used.size() == 2);
}

TEST_CASE("what is posted runs on the unit, in order") {
  running here;
  std::vector<int> order;
  for (int i = 0; i < 100; ++i)
    here.units[1].post([&order, i] { order.push_back(i); });
  bool at_home = false;
  here.units[1].run_and_wait([&] { at_home = io_unit::current() == &here.units[1]; });
  CHECK(at_home);
  CHECK(order.size() == 100);
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(io_unit::current() == nullptr);
}

TEST_CASE("jobs that gather in a round run when it closes, and then the round's tasks, each once") {
  running here(1);
  tally total(2);
  const auto actor = here.system.spawn<counter>(total);
  here.units[0].run_and_wait([] {}); // the actor has begun
  ended task;
  int times_inside = -1;
  here.units[0].run_and_wait([&] {
    const io_unit::round outer(here.units[0]);
    {
      const io_unit::round inner(here.units[0]);
      here.units[0].tell(actor, count_up{});
      here.units[0].at_round_end(task);
      here.units[0].at_round_end(task);
    }
    here.units[0].tell(actor, count_up{});
    times_inside = task.times;
  });
  CHECK(times_inside == 0);
  CHECK(total.reached());
  here.units[0].run_and_wait([] {});
  CHECK(task.times == 1);
  end(actor);
}

TEST_CASE("a repeated call comes again and again until it is cancelled, by itself too") {
  tally three(3);
  tally once(1);
  tally later(5);
  std::atomic<int> calls{0};
  running here;
  here.units[0].every(1ms, [&] { three.one(); });
  CHECK(three.reached());

  timer_id own{};
  here.units[1].run_and_wait([&] {
    own = here.units[1].every(1ms, [&] {
      ++calls;
      here.units[1].cancel(own);
      once.one();
    });
  });
  CHECK(once.reached());
  here.units[1].every(1ms, [&] { later.one(); });
  CHECK(later.reached());
  CHECK(calls == 1);
}

TEST_CASE("who asks to be told of an actor's end is told") {
  tally none(1);
  running here;
  tally gone(1);
  const auto actor = here.system.spawn<counter>(none);
  when_gone(actor, [&] { gone.one(); });
  end(actor);
  CHECK(gone.reached());
}
