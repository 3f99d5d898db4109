/// RFC 6455, clause by clause, against the echo socket, which shares everything with the others but its limit.

#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;

namespace {

raw_client connected(test_service& service) {
  raw_client client(service.port());
  client.upgrade("/ws/echo");
  return client;
}

/// What the service closes with after these bytes.
unsigned closed_with(test_service& service, std::string_view bytes) {
  auto client = connected(service);
  client.send(bytes);
  const auto frame = client.read_frame();
  REQUIRE(frame.kind == opcode::close);
  CHECK(client.reads_end());
  return frame.close_code();
}

std::string close_frame(unsigned code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  payload += reason;
  return client_frame(opcode::close, payload);
}

std::string with_first_byte(std::string frame, unsigned byte) {
  frame[0] = static_cast<char>(byte);
  return frame;
}

constexpr unsigned protocol_error = 1002;
constexpr unsigned bad_payload = 1007;

} // namespace

TEST_CASE("the echo gives back text and binary as they came, in any fragments") {
  test_service service;
  auto client = connected(service);
  client.send_text("țăran 🙂");
  CHECK(client.read_text() == "țăran 🙂");
  const std::string bytes("\x00\xFF\xFE", 3);
  client.send_frame(opcode::binary, bytes.substr(0, 1), false);
  client.send_frame(opcode::ping, "now");
  client.send_frame(opcode::continuation, bytes.substr(1));
  CHECK(client.read_frame().kind == opcode::pong);
  const auto back = client.read_frame();
  CHECK(back.kind == opcode::binary);
  CHECK(back.payload == bytes);
}

TEST_CASE("a text may be cut within a character") {
  test_service service;
  auto client = connected(service);
  const std::string text = "κόσμε";
  client.send_frame(opcode::text, text.substr(0, 1), false);
  for (std::size_t i = 1; i + 1 < text.size(); ++i)
    client.send_frame(opcode::continuation, text.substr(i, 1), false);
  client.send_frame(opcode::continuation, text.substr(text.size() - 1));
  CHECK(client.read_text() == text);
}

TEST_CASE("text that is not UTF-8 closes with 1007") {
  test_service service;
  for (const std::string_view text : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80\x80", "ok\xFF"})
    CHECK(closed_with(service, client_frame(opcode::text, text)) == bad_payload);
}

TEST_CASE("text that can no longer be UTF-8 closes at once, not at the message's end") {
  test_service service;
  // The first fragment is bad, and no second one comes.
  CHECK(closed_with(service, client_frame(opcode::text, "fine until \xF4\x90", false)) == bad_payload);
  // A frame of which half has come.
  auto frame = client_frame(opcode::text, "fine until \xFF and then some more");
  CHECK(closed_with(service, frame.substr(0, frame.size() - 8)) == bad_payload);
  // Bad in the second fragment, by what the first one began.
  CHECK(closed_with(service, client_frame(opcode::text, "\xCE", false) +
                                 client_frame(opcode::continuation, "\xCE", false)) == bad_payload);
}

TEST_CASE("reserved opcodes and bits close with 1002") {
  test_service service;
  for (const unsigned reserved : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U})
    CHECK(closed_with(service, with_first_byte(client_frame(opcode::text, "x"), 0x80U | reserved)) == protocol_error);
  for (const unsigned bits : {0x40U, 0x20U, 0x10U, 0x70U})
    CHECK(closed_with(service, with_first_byte(client_frame(opcode::text, "x"), 0x81U | bits)) == protocol_error);
}

TEST_CASE("a control frame in fragments or of over 125 bytes closes with 1002") {
  test_service service;
  CHECK(closed_with(service, client_frame(opcode::ping, "x", false)) == protocol_error);
  CHECK(closed_with(service, client_frame(opcode::close, "", false)) == protocol_error);
  CHECK(closed_with(service, client_frame(opcode::ping, std::string(126, 'x'))) == protocol_error);
  auto client = connected(service);
  client.send_frame(opcode::ping, std::string(125, 'x'));
  CHECK(client.read_frame().payload == std::string(125, 'x'));
}

TEST_CASE("fragments that belong to nothing, and messages within messages, close with 1002") {
  test_service service;
  CHECK(closed_with(service, client_frame(opcode::continuation, "x")) == protocol_error);
  CHECK(closed_with(service, client_frame(opcode::continuation, "x", false)) == protocol_error);
  CHECK(closed_with(service, client_frame(opcode::text, "a", false) + client_frame(opcode::text, "b")) ==
        protocol_error);
}

TEST_CASE("a close frame is answered by its code where that may be sent, else by 1002") {
  test_service service;
  for (const unsigned valid :
       {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 3000U, 3999U, 4000U, 4999U})
    CHECK(closed_with(service, close_frame(valid, "bye")) == valid);
  for (const unsigned invalid : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U})
    CHECK(closed_with(service, close_frame(invalid)) == protocol_error);
  CHECK(closed_with(service, client_frame(opcode::close, "")) == 1000);
  CHECK(closed_with(service, client_frame(opcode::close, "\x03")) == protocol_error);
  CHECK(closed_with(service, close_frame(1000, "\xFF")) == protocol_error);
  CHECK(closed_with(service, close_frame(1000, std::string(124, 'x'))) == protocol_error);
}

TEST_CASE("messages that came with a close frame or a violation behind them are answered first") {
  test_service service;
  for (const auto& [behind, code] :
       {std::pair(close_frame(1000), 1000U), std::pair(client_frame(opcode::text, "\xFF"), bad_payload),
        std::pair(client_frame(opcode::continuation, "x"), protocol_error)}) {
    auto client = connected(service);
    client.send(client_frame(opcode::text, "one") + client_frame(opcode::text, "two") + behind);
    CHECK(client.read_text() == "one");
    CHECK(client.read_text() == "two");
    CHECK(client.read_frame().close_code() == code);
    CHECK(client.reads_end());
  }
}

TEST_CASE("after a close frame nothing is read") {
  test_service service;
  auto client = connected(service);
  client.send(close_frame(1000) + client_frame(opcode::text, "too late"));
  CHECK(client.read_frame().kind == opcode::close);
  CHECK(client.reads_end());
  CHECK(service.server().count(counted::frames_received) == 0);
}

TEST_CASE("a frame that is not masked closes with 1002") {
  test_service service;
  CHECK(closed_with(service, std::string("\x81\x02hi", 4)) == protocol_error);
}

TEST_CASE("a length in more bytes than it needs closes with 1002") {
  test_service service;
  CHECK(closed_with(service, std::string("\x81\xFE\x00\x02\x00\x00\x00\x00hi", 10)) == protocol_error);
  CHECK(closed_with(service, std::string("\x81\xFF\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00hi", 16)) ==
        protocol_error);
}

TEST_CASE("the echo takes messages of 16 MiB, and one over its limit closes with 1009") {
  service_options options;
  options.limit.echo_message_bytes_max = 16 * 1024 * 1024;
  test_service service(options);
  auto client = connected(service);
  std::string large(options.limit.echo_message_bytes_max, 'm');
  client.send_text(large);
  CHECK(client.read_text() == large);
  // The header alone tells.
  client.send(std::string("\x82\xFF\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00", 14));
  CHECK(client.read_frame().close_code() == 1009);
}

TEST_CASE("an opening handshake that is wrong is refused with what is right") {
  const auto refused = [](std::string_view headers) {
    test_service service;
    return raw_client(service.port()).try_upgrade_with("/ws/echo", headers);
  };
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  for (const std::string old : {"Sec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Version: 14\r\n", ""}) {
    const auto answer = refused(upgrade + key + old);
    CHECK(answer.status == 426);
    CHECK(answer.headers.at("sec-websocket-version") == "13");
  }
  CHECK(refused(upgrade + version).status == 400);                                         // no key
  CHECK(refused(upgrade + version + "Sec-WebSocket-Key: short\r\n").status == 400);        // none of 16 bytes
  CHECK(refused(upgrade + version + key + key).status == 400);                             // two
  CHECK(refused("Connection: Upgrade\r\nUpgrade: h2c\r\n" + version + key).status == 404); // no WebSocket
  CHECK(refused("Connection: keep-alive\r\nUpgrade: websocket\r\n" + version + key).status == 404);
  CHECK(refused("Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n" + version + key).status == 101);
}
