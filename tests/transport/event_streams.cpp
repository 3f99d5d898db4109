/// A stream of Server-Sent Events is one HTTP response that goes on, bounded and ended like a WebSocket.

#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <system_error>
#include <thread>
#include <utility>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

namespace {

shared_bytes text(std::string what) { return std::make_shared<const std::string>(std::move(what)); }

raw_client streaming(test_service& service, std::string_view query = "", int receive_bytes = 0) {
  raw_client client(service.port(), receive_bytes);
  client.send("GET /stream?" + std::string(query) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto answer = client.read_response();
  REQUIRE(answer.status == 200);
  CHECK(answer.headers.at("content-type") == "text/event-stream");
  CHECK(answer.headers.at("transfer-encoding") == "chunked");
  CHECK(answer.headers.at("cache-control") == "no-store");
  return client;
}

/// What is sent is never dropped.
void tell(test_service& service, std::string what, std::size_t session = 0) {
  caf::anon_send(service.session(session), notification_frame{{}, text(std::move(what))});
}

} // namespace

TEST_CASE("what the session sends are the chunks of one response") {
  test_service service;
  auto client = streaming(service);
  tell(service, "data: one\n\n");
  CHECK(client.read_chunk() == "data: one\n\n");
  tell(service, "data: two\n\n");
  CHECK(client.read_chunk() == "data: two\n\n");
  CHECK(service.seen().sessions_opened == 1);
}

TEST_CASE("over HTTP/1.0 the events stand in the body as they are") {
  test_service service;
  raw_client client(service.port());
  client.send("GET /stream HTTP/1.0\r\n\r\n");
  const auto answer = client.read_response();
  CHECK(answer.status == 200);
  CHECK(answer.headers.count("transfer-encoding") == 0);
  CHECK(answer.headers.at("connection") == "close");
  tell(service, "data: one\n\n");
  CHECK(client.read_bytes(11) == "data: one\n\n");
}

TEST_CASE("HEAD is answered with the head alone and opens no session") {
  test_service service;
  raw_client client(service.port());
  client.send("HEAD /stream HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto answer = client.read_response(true);
  CHECK(answer.status == 200);
  CHECK(answer.headers.at("content-type") == "text/event-stream");
  client.finish_sending();
  CHECK(client.reads_end());
  CHECK(service.seen().sessions_opened == 0);
}

TEST_CASE("a stream on which nothing happens is kept alive by comments") {
  limits limit;
  limit.heartbeat_time = 10ms;
  test_service service({1, limit});
  auto client = streaming(service);
  for (int i = 0; i < 2; ++i)
    CHECK(client.read_chunk() == ":\n\n");
}

TEST_CASE("a question that is to be repeated is put to the session by itself") {
  test_service service({1, {}});
  auto client = streaming(service);
  CHECK(client.read_chunk() == "again"); // the test's sessions give back what they are asked
  CHECK(client.read_chunk() == "again");
}

TEST_CASE("a client that hangs up ends its session") {
  test_service service;
  { auto client = streaming(service); }
  CHECK(service.eventually([&] { return service.seen().sessions_ended == 1; }));
  CHECK(service.server().connections() == 0);
}

TEST_CASE("a client that talks into its own stream is cut off in the end, and what it says is no request") {
  test_service service;
  auto client = streaming(service);
  client.send("GET /who HTTP/1.1\r\nHost: test\r\n\r\n");
  tell(service, "data: still a stream\n\n");
  CHECK(client.read_chunk() == "data: still a stream\n\n");
  try {
    client.send(std::string(64 * 1024, 'x'));
  } catch (const std::system_error&) {
    // It was cut off while it talked.
  }
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
  CHECK(service.server().count(counted::closed_violation) == 1);
}

TEST_CASE("revoking a user or a credential ends the streams, and no others") {
  test_service service;
  auto first = streaming(service, "7-1");
  auto second = streaming(service, "7-2");
  auto other = streaming(service, "8-1");
  service.server().revoke({user_id{7}, 1});
  CHECK(first.read_chunk_but("again") == ": closed, 1008 logged out\n\n");
  CHECK(first.read_chunk().empty());
  CHECK(first.reads_end());
  service.server().revoke({user_id{7}, 0});
  CHECK(second.read_chunk_but("again") == ": closed, 1008 logged out\n\n");
  tell(service, "data: there\n\n", 2);
  CHECK(other.read_chunk_but("again") == "data: there\n\n");
}

TEST_CASE("a stream ends with the credential that opened it") {
  limits limit;
  limit.heartbeat_time = 100ms;
  test_service service({1, limit});
  auto client = streaming(service, "7-1-0");
  CHECK(client.read_chunk_but(":\n\n") == ": closed, 1008 the log-in expired\n\n");
  CHECK(client.read_chunk().empty());
}

TEST_CASE("when the service stops, streams end after what was sent") {
  test_service service;
  auto client = streaming(service);
  tell(service, "data: last\n\n");
  CHECK(service.eventually([&] { return service.seen().notifications == 1; }));
  CHECK(client.read_chunk() == "data: last\n\n");
  CHECK(service.server().connections() == 1);
  std::thread stopping([&] { service.server().close_sessions(); });
  CHECK(client.read_chunk_but("again") == ": closed, 1001 the service stops\n\n");
  CHECK(client.read_chunk().empty());
  client.finish_sending();
  stopping.join();
  CHECK(service.server().connections() == 0);
}

TEST_CASE("streams count among the connections of a user") {
  limits limit;
  limit.connections_per_user_max = 2;
  test_service service({2, limit});
  auto stream = streaming(service, "7-1");
  raw_client socket(service.port());
  socket.upgrade("/ws/user?7-1");
  CHECK(raw_client(service.port()).get("/stream?7-2").status == 429);
  auto other = streaming(service, "8-1");
}

TEST_CASE("a stream whose client does not read drops deltas, and its session hears when there is room") {
  limits limit;
  limit.send_buffer_bytes = 8 * 1024;
  test_service service({1, limit});
  auto client = streaming(service, "", 4 * 1024);
  for (int i = 0; i < 400; ++i)
    caf::anon_send(service.session(0), inbox_frames{{}, std::vector<shared_bytes>{text(std::string(1'000, 'd'))}});
  CHECK(service.eventually([&] { return service.server().count(counted::frames_conflated) > 100; }));
  std::string chunk;
  while (chunk != "drained")
    chunk = client.read_chunk();
  CHECK(service.server().connections() == 1);
}

TEST_CASE("over the bound a stream is closed, and only that one") {
  limits limit;
  limit.send_buffer_bytes = 8 * 1024;
  test_service service({1, limit});
  auto client = streaming(service, "", 4 * 1024);
  auto other = streaming(service);
  for (int i = 0; i < 600; ++i)
    tell(service, std::string(1'000, 'n'));
  CHECK(service.eventually([&] { return service.seen().notifications == 600; }));
  tell(service, "data: here\n\n", 1);
  CHECK(other.read_chunk_but("again") == "data: here\n\n");
  auto chunk = client.read_chunk();
  while (chunk.front() == 'n' || chunk == "again")
    chunk = client.read_chunk();
  CHECK(chunk == ": closed, 1013 too slow\n\n");
  client.finish_sending();
  CHECK(service.eventually([&] { return service.server().count(counted::closed_slow) == 1; }));
}
