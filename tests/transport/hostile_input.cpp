/// Clients that want to keep the service busy, as slowhttptest does; and that others are served meanwhile.

#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

namespace {

limits hurried() {
  limits limit;
  limit.header_time = 500ms;
  limit.body_time = 500ms;
  limit.response_time = 1'000ms;
  limit.keep_alive_time = 500ms;
  limit.linger_time = 500ms;
  return limit;
}

void check_others_are_served(test_service& service) {
  raw_client other(service.port());
  CHECK(other.get("/who").status == 200);
}

} // namespace

TEST_CASE("headers that come a byte at a time end with their time, however many there are") {
  test_service service({1, hurried()});
  std::vector<raw_client> slow;
  for (int i = 0; i < 200; ++i)
    slow.emplace_back(service.port()).send("GET /who HTTP/1.1\r\nHost: test\r\nX-a: ");
  // A byte now and then is not enough to stay.
  for (auto& client : slow)
    client.send("b");
  check_others_are_served(service);
  for (auto& client : slow)
    REQUIRE(client.read_response().status == 408);
  slow.clear();
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
}

TEST_CASE("bodies that never come end with their time, and what was set aside for them is free again") {
  auto limit = hurried();
  limit.bodies_bytes_max = 50 * 1'000'000;
  test_service service({1, limit});
  std::vector<raw_client> slow;
  for (int i = 0; i < 50; ++i)
    slow.emplace_back(service.port()).send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\nx");
  check_others_are_served(service);
  for (auto& client : slow)
    REQUIRE(client.read_response().status == 408);
  raw_client again(service.port());
  again.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  CHECK(again.read_response().body.size() == 1'000'000);
}

TEST_CASE("responses that are not read end with their time") {
  test_service service({1, hurried()});
  std::vector<raw_client> slow;
  for (int i = 0; i < 20; ++i)
    slow.emplace_back(service.port(), 4096).send("GET /big?8000000 HTTP/1.1\r\nHost: t\r\n\r\n");
  check_others_are_served(service);
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
}

TEST_CASE("connections that say nothing end with their time") {
  test_service service({1, hurried()});
  std::vector<raw_client> silent;
  for (int i = 0; i < 500; ++i)
    silent.emplace_back(service.port());
  check_others_are_served(service);
  for (auto& client : silent)
    REQUIRE(client.reads_end());
}

TEST_CASE("a compressed body is not unpacked, so a bomb is as large as it was sent") {
  test_service service;
  raw_client client(service.port());
  const std::string gzip("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03", 10);
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n" + gzip);
  CHECK(client.read_response().body == gzip);
  // Of transfer codings there is one.
  raw_client coded(service.port());
  coded.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
  CHECK(coded.read_response().status == 501);
}

TEST_CASE("a message of endlessly many empty fragments is bounded by time and bytes, and others are served") {
  test_service service({1, {}});
  raw_client endless(service.port());
  endless.upgrade("/ws/echo");
  std::string burst = client_frame(opcode::text, "", false);
  for (int i = 0; i < 50'000; ++i)
    burst += client_frame(opcode::continuation, "", false);
  endless.send(burst);
  check_others_are_served(service);
  endless.send_frame(opcode::continuation, "end");
  CHECK(endless.read_text() == "end");
}

TEST_CASE("a client that only pings and never reads is cut off") {
  test_service service({1, {}});
  raw_client client(service.port(), 4096);
  client.upgrade("/ws/echo");
  std::string burst;
  for (int i = 0; i < 1'000; ++i)
    burst += client_frame(opcode::ping, std::string(125, 'p'));
  try {
    for (int i = 0; i < 1'000; ++i)
      client.send(burst);
    FAIL("a hundred megabytes of pings were taken");
  } catch (const std::system_error&) {
    SUCCEED("the service hung up");
  }
  check_others_are_served(service);
}
