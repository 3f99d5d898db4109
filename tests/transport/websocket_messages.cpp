/// What a client says arrives, and what the session says arrives.

#include "tests/support/seed.hpp"
#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;

namespace {

raw_client connected(test_service& service) {
  raw_client client(service.port());
  client.upgrade();
  return client;
}

} // namespace

TEST_CASE("a message reaches the session and its answer comes back") {
  test_service service;
  auto client = connected(service);
  client.send_text("hello");
  CHECK(client.read_text() == "hello");
  client.send_text("");
  CHECK(client.read_text().empty());
}

TEST_CASE("sessions are spread evenly over the units") {
  test_service service;
  auto first = connected(service);
  auto second = connected(service);
  CHECK(service.eventually([&] { return service.seen().sessions_opened == 2; }));
  CHECK(service.seen().units.size() == 2);
}

TEST_CASE("a message in fragments arrives whole, with a ping answered in between") {
  test_service service;
  auto client = connected(service);
  client.send_frame(opcode::text, "one ", false);
  client.send_frame(opcode::continuation, "", false);
  client.send_frame(opcode::continuation, "two ", false);
  client.send_frame(opcode::ping, "still there?");
  client.send_frame(opcode::continuation, "three");
  const auto pong = client.read_frame();
  CHECK(pong.kind == opcode::pong);
  CHECK(pong.payload == "still there?");
  CHECK(client.read_text() == "one two three");
}

TEST_CASE("a binary message says that it is one") {
  test_service service;
  auto client = connected(service);
  client.send_frame(opcode::binary, "\x01\xFF");
  CHECK(client.read_text() == "binary \x01\xFF");
}

TEST_CASE("messages of any size up to the limit come through unchanged") {
  BTPAY_SEEDED(random);
  test_service service;
  auto client = connected(service);
  std::vector<std::size_t> sizes{1,
                                 125,
                                 126,
                                 inline_read_bytes - 1,
                                 inline_read_bytes,
                                 inline_read_bytes + 1,
                                 inline_read_bytes + long_read_bytes,
                                 inline_read_bytes + long_read_bytes + 1,
                                 65'536};
  for (int i = 0; i < 30; ++i)
    sizes.push_back(random() % 10'000 + 1);
  for (const auto size : sizes) {
    std::string message;
    while (message.size() < size)
      message += static_cast<char>('a' + random() % 26);
    // In as many fragments, at any places.
    auto rest = std::string_view(message);
    auto kind = opcode::text;
    while (random() % 3 != 0) {
      const auto part = random() % (rest.size() + 1);
      client.send_frame(kind, rest.substr(0, part), false);
      rest.remove_prefix(part);
      kind = opcode::continuation;
    }
    client.send_frame(kind, rest);
    INFO("a message of " << size);
    REQUIRE(client.read_text() == message);
  }
}

TEST_CASE("messages that arrive together are answered together, in order") {
  test_service service;
  auto client = connected(service);
  // As many as surely fit in one read of Beast's.
  constexpr int messages = 100;
  std::string burst;
  for (int i = 0; i < messages; ++i)
    burst += client_frame(opcode::text, std::to_string(i));
  client.send(burst);
  for (int i = 0; i < messages; ++i)
    REQUIRE(client.read_text() == std::to_string(i));
  CHECK(service.server().count(counted::frames_received) == messages);
  CHECK(service.server().count(counted::frames_sent) == messages);
  CHECK(service.server().count(counted::writes) <= 5); // the handshake's, and one for each read
}

TEST_CASE("what a session sends in one go leaves in one write") {
  test_service service;
  auto client = connected(service);
  client.send_text("answers 40");
  for (int i = 0; i < 40; ++i)
    REQUIRE(client.read_text().substr(0, 3) == (std::to_string(i) + " ..").substr(0, 3));
  CHECK(service.server().count(counted::writes) == 2);
}

TEST_CASE("of views that follow each other at once only the newest is sent") {
  test_service service;
  auto client = connected(service);
  client.send_text("views 1000");
  CHECK(client.read_text() == "view 999");
  client.send_text("next");
  CHECK(client.read_text() == "next");
  CHECK(service.server().count(counted::frames_conflated) == 999);
}

TEST_CASE("an answer may be larger than the bound of the outbox when nothing else waits") {
  test_service service;
  auto client = connected(service);
  client.send_text("blob 3000000");
  CHECK(client.read_text().size() == 3'000'000);
}
