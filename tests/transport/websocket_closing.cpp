/// How WebSockets end, and what it leaves: nothing.

#include "tests/support/seed.hpp"
#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

namespace {

raw_client connected(test_service& service) {
  raw_client client(service.port());
  client.upgrade();
  return client;
}

bool is_over(test_service& service) {
  return service.eventually([&] {
    return service.server().connections() == 0 && service.seen().sessions_ended == service.seen().sessions_opened;
  });
}

std::string close_payload(unsigned code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  return payload.append(reason);
}

limits with(std::chrono::milliseconds limits::*time, std::chrono::milliseconds value) {
  limits changed;
  changed.*time = value;
  return changed;
}

} // namespace

TEST_CASE("a client that closes gets its code back, and its session is told once") {
  test_service service;
  auto client = connected(service);
  client.send_frame(opcode::close, close_payload(1000, "bye"));
  const auto answer = client.read_frame();
  CHECK(answer.kind == opcode::close);
  CHECK(answer.close_code() == 1000);
  CHECK(client.reads_end());
  CHECK(is_over(service));
  CHECK(service.seen().peers_closed == 1);
  CHECK(service.server().count(counted::closed_by_peer) == 1);
}

TEST_CASE("a client that vanishes ends its session") {
  test_service service;
  {
    auto client = connected(service);
    client.send_text("hello");
    CHECK(client.read_text() == "hello");
  }
  CHECK(is_over(service));
  CHECK(service.seen().peers_closed == 1);
}

TEST_CASE("a session closes with its code and reason, and the client's answer ends it") {
  test_service service;
  auto client = connected(service);
  client.send_text("close 1008");
  const auto closing = client.read_frame();
  CHECK(closing.kind == opcode::close);
  CHECK(closing.close_code() == 1008);
  CHECK(closing.payload.substr(2) == "as you wish");
  client.send_frame(opcode::close, closing.payload);
  CHECK(client.reads_end());
  CHECK(is_over(service));
  CHECK(service.seen().peers_closed == 1);
  CHECK(service.server().count(counted::closed_by_session) == 1);
}

TEST_CASE("what was queued before a close is sent before it, nothing after") {
  test_service service;
  auto client = connected(service);
  client.send_text("say-and-close bye");
  client.send_text("too late");
  CHECK(client.read_text() == "last words");
  CHECK(client.read_frame().close_code() == 1001);
  client.send_frame(opcode::close, close_payload(1001));
  CHECK(client.reads_end());
}

TEST_CASE("a reason that is too long for a close frame is cut between characters") {
  test_service service;
  auto client = connected(service);
  std::string long_reason;
  for (int i = 0; i < 50; ++i)
    long_reason += "\xE2\x82\xAC"; // 3 bytes each; 123 fit
  client.send_text("say-and-close x" + long_reason);
  CHECK(client.read_text() == "last words");
  const auto closing = client.read_frame();
  CHECK(closing.payload.substr(2) == "x" + long_reason.substr(0, 120));
}

TEST_CASE("a client that does not answer a close is cut off") {
  test_service service({2, with(&limits::close_time, 1ms)});
  auto client = connected(service);
  client.send_text("close 1008");
  CHECK(client.read_frame().kind == opcode::close);
  CHECK(client.reads_end());
  CHECK(is_over(service));
}

TEST_CASE("a client that breaks the framing is closed with 1002") {
  const std::string masked_ping = client_frame(opcode::ping, "x");
  for (const std::string& bytes : {
           std::string("\x81\x01x", 3),                                              // not masked
           std::string("\xC1\x80\0\0\0\0", 6),                                       // a reserved bit
           std::string("\x83\x80\0\0\0\0", 6),                                       // a reserved opcode
           std::string("\x09\x80\0\0\0\0", 6),                                       // a ping in fragments
           std::string("\x89\xFE\0\x7E\0\0\0\0", 8),                                 // a ping of 126 bytes
           std::string("\x80\x80\0\0\0\0", 6),                                       // a continuation of nothing
           client_frame(opcode::text, "a", false) + client_frame(opcode::text, "b"), // a message inside another
           std::string("\x81\xFE\0\x01\0\0\0\0x", 9),                                // a length in too many bytes
           client_frame(opcode::close, "x"),                                         // half a close code
           client_frame(opcode::close, close_payload(1005)),                         // a code that is never sent
       }) {
    test_service service;
    auto client = connected(service);
    client.send(bytes);
    const auto closing = client.read_frame();
    CHECK(closing.kind == opcode::close);
    CHECK(closing.close_code() == 1002);
    client.finish_sending();
    CHECK(client.reads_end());
    CHECK(is_over(service));
    CHECK(service.server().count(counted::closed_violation) == 1);
  }
}

TEST_CASE("text that is not UTF-8 is closed with 1007, whole or in fragments") {
  for (const bool in_fragments : {false, true}) {
    test_service service;
    auto client = connected(service);
    if (in_fragments)
      client.send_frame(opcode::text, "fine \xE2\x82", false); // begins a character
    client.send_frame(in_fragments ? opcode::continuation : opcode::text, "\xFF");
    CHECK(client.read_frame().close_code() == 1007);
    client.finish_sending();
    CHECK(is_over(service));
    CHECK(service.server().count(counted::closed_violation) == 1);
  }
}

TEST_CASE("a message at the limit is taken, one byte more is closed with 1009") {
  limits small;
  small.message_bytes_max = 5'000;
  test_service service({2, small});
  auto client = connected(service);
  const std::string longest(5'000, 'x');
  client.send_text(longest);
  CHECK(client.read_text() == longest);
  client.send_frame(opcode::text, longest, false);
  client.send_frame(opcode::continuation, "x");
  CHECK(client.read_frame().close_code() == 1009);
  client.finish_sending();
  CHECK(is_over(service));
}

TEST_CASE("a session that fails closes its socket with 1011") {
  test_service service;
  auto client = connected(service);
  client.send_text("crash");
  CHECK(client.read_frame().close_code() == 1011);
  client.finish_sending();
  CHECK(is_over(service));
}

TEST_CASE("a silent client is pinged, lives on if it answers, and is cut off if not") {
  auto limit = with(&limits::idle_time, 1ms);
  limit.pong_time = 1ms;
  test_service service({2, limit});
  auto client = connected(service);
  for (int i = 0; i < 2; ++i) {
    const auto ping = client.read_frame();
    REQUIRE(ping.kind == opcode::ping);
    client.send_frame(opcode::pong, ping.payload);
  }
  CHECK(service.server().connections() == 1);
  while (!client.reads_end())
    client.read_frame();
  CHECK(is_over(service));
  CHECK(service.server().count(counted::closed_silent) == 1);
}

TEST_CASE("whatever bytes come after the handshake, the session ends and the service goes on") {
  BTPAY_SEEDED(random);
  test_service service;
  for (int i = 0; i < 150; ++i) {
    auto client = connected(service);
    std::string bytes;
    for (auto frames = random() % 6; frames > 0; --frames) {
      std::string payload;
      for (auto length = random() % 200; length > 0; --length)
        payload += static_cast<char>(random() % 2 == 0 ? random() : 'a');
      bytes += client_frame(static_cast<opcode>(random() % 16), payload, random() % 4 != 0);
    }
    for (auto flips = random() % 4; flips > 0 && !bytes.empty(); --flips)
      bytes[random() % bytes.size()] ^= static_cast<char>(1u << random() % 8);
    client.send(bytes);
  }
  CHECK(is_over(service));
  auto client = connected(service);
  client.send_text("hello");
  CHECK(client.read_text() == "hello");
}
