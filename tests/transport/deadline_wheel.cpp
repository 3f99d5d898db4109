#include "transport/deadline_wheel.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <vector>

using namespace btpay;
using namespace std::chrono_literals;

namespace {

struct waiting final : timed {
  explicit waiting(deadline_wheel& its) : wheel(its) {}
  void on_deadline() override { looked_at.push_back(wheel.now()); }
  void on_shutdown() override { ++told_to_stop; }
  void abort() override {}

  deadline_wheel& wheel;
  std::vector<tick_count> looked_at;
  int told_to_stop = 0;
};

} // namespace

TEST_CASE("a wait is never shorter than it says") {
  CHECK(ticks(0ms) == 1);
  CHECK(ticks(1ms) == 2); // the present turn may end at once
  CHECK(ticks(tick_time) == 2);
  CHECK(ticks(tick_time + 1ms) == 3);
}

TEST_CASE("each is looked at in its turn, once, and a long wait after one round of the wheel") {
  BTPAY_SEEDED(random);
  deadline_wheel wheel;
  std::vector<std::unique_ptr<waiting>> all;
  std::vector<tick_count> due;
  for (int i = 0; i < 300; ++i) {
    if (random() % 2 == 0)
      wheel.turn();
    const auto wait = static_cast<tick_count>(random() % 400);
    all.push_back(std::make_unique<waiting>(wheel));
    wheel.put(*all.back(), 7); // replaced by the next
    wheel.put(*all.back(), wait);
    due.push_back(wheel.now() + std::clamp<tick_count>(wait, 1, wheel_slots - 1));
  }
  for (std::size_t i = 0; i < 2 * wheel_slots; ++i)
    wheel.turn();
  for (std::size_t i = 0; i < all.size(); ++i)
    REQUIRE(all[i]->looked_at == std::vector<tick_count>{due[i]});
}

TEST_CASE("whoever is destroyed is not looked at") {
  deadline_wheel wheel;
  wheel.put(*std::make_unique<waiting>(wheel), 1);
  waiting other(wheel);
  wheel.put(other, 1);
  wheel.turn();
  CHECK(other.looked_at.size() == 1);
}

TEST_CASE("at shutdown everybody is told, whoever leaves and whoever stays") {
  deadline_wheel wheel;
  std::vector<std::unique_ptr<waiting>> all;
  for (tick_count i = 0; i < 2 * wheel_slots; ++i) {
    all.push_back(std::make_unique<waiting>(wheel));
    wheel.put(*all.back(), i);
  }
  wheel.for_each([&](timed& who) {
    who.on_shutdown();
    if (&who == all.front().get())
      wheel.put(who, 1);
  });
  for (const auto& each : all)
    CHECK(each->told_to_stop >= 1);
  wheel.turn();
  CHECK(all.front()->looked_at.size() == 1);
  CHECK(all.back()->looked_at.empty());
}
