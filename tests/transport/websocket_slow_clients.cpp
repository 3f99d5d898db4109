/// A slow client costs only itself.

#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

namespace {

/// More than the kernel holds for a socket, both sides together.
constexpr int many_answers = 300;

/// How many looks on end must see no command being read.
constexpr int looks = 200;

/// A WebSocket whose client does not read, and whose server has filled all buffers on the way: each command asks for 64
/// KB of answers.
raw_client stuck_client(test_service& service) {
  raw_client client(service.port(), 16 * 1024);
  client.upgrade();
  for (int i = 0; i < many_answers; ++i)
    client.send_text("answers 64");
  // It stops reading commands at some point; then many looks on end see the same, also on a busy machine.
  std::uint64_t before = 0;
  int same = 0;
  const bool stopped = service.eventually([&] {
    const auto now = service.server().count(counted::frames_received);
    same = std::exchange(before, now) == now ? same + 1 : 0;
    return same >= looks && now > 0 && now < many_answers && service.seen().sessions_opened == 1 &&
           service.server().count(counted::bytes_sent) > 32 * 1024;
  });
  if (!stopped)
    throw std::runtime_error("the client did not get stuck");
  return client;
}

shared_bytes text(std::string what) { return std::make_shared<const std::string>(std::move(what)); }

} // namespace

TEST_CASE("a client that does not read is not read from, and gets everything when it reads again") {
  test_service service;
  auto client = stuck_client(service);
  CHECK(service.server().count(counted::frames_received) < many_answers);
  for (int i = 0; i < many_answers; ++i)
    for (int k = 0; k < 64; ++k)
      REQUIRE(client.read_text().substr(0, 3) == (std::to_string(k) + " ..").substr(0, 3));
  CHECK(service.server().count(counted::frames_received) == many_answers);
}

TEST_CASE("views for a client that does not read are conflated, and it gets the newest") {
  test_service service;
  auto client = stuck_client(service);
  constexpr int views = 2'000;
  for (int i = 0; i < views; ++i)
    caf::anon_send(service.session(0), view_frame{view_kind::dashboard, {}, text("view " + std::to_string(i))});
  CHECK(service.eventually([&] { return service.server().count(counted::frames_conflated) == views - 1; }));
  int seen_views = 0;
  std::string last;
  for (int answers = 0; answers < many_answers * 64;) {
    auto message = client.read_text();
    if (message.substr(0, 4) != "view") {
      ++answers;
      continue;
    }
    ++seen_views;
    last = std::move(message);
  }
  CHECK(seen_views == 1);
  CHECK(last == "view " + std::to_string(views - 1));
}

TEST_CASE("answers over the bound close with 1013, and only that client") {
  test_service service;
  auto client = stuck_client(service);
  raw_client other(service.port());
  other.upgrade();
  for (int i = 0; i < 300; ++i)
    caf::anon_send(service.session(0), notification_frame{{}, text(std::string(1'000, 'n'))});
  CHECK(service.eventually([&] { return service.seen().notifications == 300; }));
  other.send_text("still here?");
  CHECK(other.read_text() == "still here?");
  auto frame = client.read_frame();
  while (frame.kind == opcode::text)
    frame = client.read_frame();
  CHECK(frame.kind == opcode::close);
  CHECK(frame.close_code() == 1013);
  client.finish_sending();
  CHECK(service.eventually([&] { return service.server().count(counted::closed_slow) == 1; }));
  other.send_text("still here!");
  CHECK(other.read_text() == "still here!");
}

TEST_CASE("a client that takes nothing for the stall time is cut off") {
  limits limit;
  limit.stall_time = 1ms;
  test_service service({2, limit});
  raw_client client(service.port(), 16 * 1024);
  client.upgrade();
  client.send_text("blob 30000000");
  CHECK(service.eventually([&] { return service.seen().sessions_ended == 1; }));
  CHECK(service.server().connections() == 0);
  CHECK(service.server().count(counted::closed_slow) == 1);
}

TEST_CASE("a client that pings and never reads is cut off before its pongs fill the memory") {
  test_service service;
  raw_client client(service.port(), 16 * 1024);
  client.upgrade();
  std::string pings;
  for (int i = 0; i < 1'000; ++i)
    pings += client_frame(opcode::ping, std::string(125, 'p'));
  CHECK_THROWS([&] {
    for (int i = 0; i < 1'000; ++i)
      client.send(pings);
  }());
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
  CHECK(service.server().count(counted::closed_slow) == 1);
}
