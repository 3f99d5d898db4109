#include "actors/login_gate.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace btpay {

namespace {

using namespace std::chrono_literals;

constexpr instant start{std::chrono::hours{1000}};

/// One wrong password; tells whether it was checked at all.
bool guess(login_gate& gate, const std::string& name, const std::string& address, instant now) {
  const auto verdict = gate.enter(name, address, now);
  if (verdict.entered)
    gate.leave(*verdict.entered, false);
  return verdict.entered.has_value();
}

} // namespace

TEST_CASE("a name has so many guesses, then ever longer waits, and no longer than the longest") {
  login_gate gate;
  for (unsigned i = 0; i < login_limits{}.name_attempts_free; ++i)
    REQUIRE(guess(gate, "ana", "", start));
  auto now = start;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    const auto verdict = gate.enter("ana", "", now);
    REQUIRE_FALSE(verdict.entered);
    CHECK_FALSE(verdict.busy);
    CHECK(verdict.retry_after == wait);
    CHECK_FALSE(guess(gate, "ana", "", now + wait - 1us));
    now += wait;
    REQUIRE(guess(gate, "ana", "", now));
  }
  CHECK(guess(gate, "bogdan", "", now)); // nobody else's concern
}

TEST_CASE("a right password clears the name, and time does too") {
  login_gate gate;
  for (int i = 0; i < 9; ++i)
    REQUIRE(guess(gate, "ana", "", start));
  const auto right = gate.enter("ana", "", start);
  REQUIRE(right.entered);
  gate.leave(*right.entered, true);
  for (unsigned i = 0; i < login_limits{}.name_attempts_free; ++i)
    REQUIRE(guess(gate, "ana", "", start));
  CHECK_FALSE(guess(gate, "ana", "", start));
  CHECK(guess(gate, "ana", "", start + login_limits{}.forget_time + 1s));
}

TEST_CASE("guesses at the same time count before they are known to be wrong") {
  login_gate gate;
  std::vector<login_gate::attempt> under_way;
  for (unsigned i = 0; i < login_limits{}.name_attempts_free; ++i)
    under_way.push_back(*gate.enter("ana", "", start).entered);
  CHECK_FALSE(gate.enter("ana", "", start).entered);
  gate.leave(under_way.front(), true);
  CHECK(gate.enter("ana", "", start).entered);
}

TEST_CASE("an address that tries many names has to wait, loopback never") {
  login_gate gate;
  const auto names = [](unsigned i) { return "user" + std::to_string(i); };
  for (unsigned i = 0; i < login_limits{}.address_attempts_free; ++i)
    REQUIRE(guess(gate, names(i), "192.0.2.1", start));
  CHECK_FALSE(guess(gate, "somebody", "192.0.2.1", start));
  CHECK(guess(gate, "somebody", "192.0.2.2", start));
  for (unsigned i = 0; i < 2 * login_limits{}.address_attempts_free; ++i)
    REQUIRE(guess(gate, names(i), "127.0.0.1", start));
}

TEST_CASE("so many attempts may wait to be checked, and the next is told that the service is busy") {
  login_limits limits;
  limits.waiting_max = 3;
  login_gate gate(limits);
  std::vector<login_gate::attempt> waiting;
  for (const auto* name : {"a", "b", "c"})
    waiting.push_back(*gate.enter(name, "", start).entered);
  CHECK(gate.enter("d", "", start).busy);
  gate.leave(waiting.back(), false);
  CHECK(gate.enter("d", "", start).entered);
}

TEST_CASE("a flood of names does not grow the gate, and those who guessed most are kept") {
  login_limits limits;
  limits.entries_max = 50;
  login_gate gate(limits);
  while (guess(gate, "ana", "", start)) {
  }
  for (int i = 0; i < 1000; ++i)
    REQUIRE(guess(gate, "name" + std::to_string(i), "", start));
  CHECK_FALSE(guess(gate, "ana", "", start));
}

} // namespace btpay
