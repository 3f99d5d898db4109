#include "actors/users.hpp"

#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>

namespace btpay {

namespace {
using namespace testing;
using fixture = service_fixture;
} // namespace

TEST_CASE_METHOD(fixture, "a command for an unknown user is refused") {
  const account nobody{.id = user_id{99}, .name = "nobody", .zone = "UTC", .home = {}};
  const auto reply = import(nobody, {payment("a", "-1.00")});
  REQUIRE_FALSE(reply.answer);
  CHECK(reply.answer.error().code == errc::unknown_user);
}

TEST_CASE_METHOD(fixture, "an idle user is put to sleep and forgets nothing") {
  const auto before = system.registry().running();
  import(ana, {payment("a", "-1.00")});
  const auto awake = system.registry().running();
  CHECK(awake > before);
  time->advance(std::chrono::minutes{6});
  caf::anon_send(actors->users(ana.id), tick{});
  run();
  CHECK(system.registry().running() < awake);
  const auto again = import(ana, {payment("a", "-1.00"), payment("b", "-1.00")});
  CHECK(again.answer->fates == std::vector{row_fate::duplicate, row_fate::accepted});
}

TEST_CASE_METHOD(fixture, "a user that gets a command while it falls asleep stays awake") {
  import(ana, {payment("a", "-1.00")});
  time->advance(std::chrono::minutes{6});
  caf::anon_send(actors->users(ana.id), tick{});
  const auto reply = import(ana, {payment("b", "-1.00")});
  CHECK(reply.answer->fates == std::vector{row_fate::accepted});
}

TEST_CASE_METHOD(fixture, "draining answers after every command before it") {
  const auto first =
      ask_later<commanded>(actors->users(ana.id), user_command{ana.id, import_transactions{{payment("a", "-1.00")}}});
  const auto second = ask_later<commanded>(actors->users(bogdan.id),
                                           user_command{bogdan.id, import_transactions{{payment("a", "-1.00")}}});
  ask<drained>(actors->users(ana.id), drain{});
  CHECK(first->has_value());
  CHECK(second->has_value());
}

} // namespace btpay
