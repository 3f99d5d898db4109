/// permessage-deflate: only where it is on and asked for, and never a way to fill the memory.

#include "tests/transport/deflating_client.hpp"
#include "tests/transport/test_service.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;

namespace {

service_options compressing() {
  service_options options;
  options.deflate = true;
  return options;
}

/// Text that does not repeat.
std::string noise(std::size_t bytes) {
  std::string text;
  for (std::uint32_t state = 1; text.size() < bytes;) {
    state = state * 1'664'525 + 1'013'904'223;
    text += static_cast<char>('!' + (state >> 24U) % 90);
  }
  return text;
}

} // namespace

TEST_CASE("nothing is compressed unless the operator turned it on") {
  test_service service;
  deflating_client client{raw_client(service.port())};
  CHECK(client.agreed().empty());
  client.wire().send_text("plain");
  CHECK(client.read_text() == "plain");
}

TEST_CASE("nothing is compressed for a client that does not ask") {
  test_service service(compressing());
  raw_client client(service.port());
  const auto answer = client.try_upgrade();
  CHECK(answer.status == 101);
  CHECK(answer.headers.count("sec-websocket-extensions") == 0);
  client.send_text("plain");
  CHECK(client.read_text() == "plain");
}

TEST_CASE("messages are compressed both ways where both want it, in windows that we bound") {
  test_service service(compressing());
  deflating_client client{raw_client(service.port())};
  CHECK_THAT(client.agreed(), Catch::Contains("server_max_window_bits=12"));
  CHECK_THAT(client.agreed(), Catch::Contains("client_max_window_bits=12"));
  const std::string text = R"({"type":"dashboard_update","data":{"pending_count":1,"pending_amount":12.3}})";
  for (int i = 0; i < 50; ++i) {
    client.send_text(text + std::to_string(i));
    REQUIRE(client.read_text() == text + std::to_string(i));
  }
  // The window reaches over messages: all but the first are little more than a reference.
  CHECK(client.payload_bytes() < 50 * text.size() / 3);
}

TEST_CASE("a client that does not offer to bound its window is compressed for too") {
  test_service service(compressing());
  deflating_client client(raw_client(service.port()), "");
  CHECK_THAT(client.agreed(), Catch::Contains("permessage-deflate"));
  CHECK_THAT(client.agreed(), !Catch::Contains("client_max_window_bits"));
  const std::string text(2'000, 'a');
  client.send_text(text);
  CHECK(client.read_text() == text);
  CHECK(client.payload_bytes() < 100);
}

TEST_CASE("a short message is left as it is") {
  test_service service(compressing());
  deflating_client client{raw_client(service.port())};
  client.send_text("short");
  CHECK(client.read_text() == "short");
  CHECK(client.payload_bytes() == 5);
}

TEST_CASE("a client that asks for no context gets each message by itself") {
  test_service service(compressing());
  deflating_client client(raw_client(service.port()), "; server_no_context_takeover; client_max_window_bits");
  CHECK_THAT(client.agreed(), Catch::Contains("server_no_context_takeover"));
  const auto text = noise(200);
  for (int i = 0; i < 3; ++i) {
    client.send_text(text);
    REQUIRE(client.read_text() == text);
  }
  CHECK(client.payload_bytes() > 3 * 150);
}

TEST_CASE("long messages pass in whatever parts they are compressed") {
  test_service service(compressing());
  deflating_client client{raw_client(service.port())};
  for (const std::size_t bytes : {160U, 161U, 4'096U, 20'000U, 65'536U}) {
    for (const auto& text : {noise(bytes), std::string(bytes, 'a')}) {
      client.send_text(text);
      REQUIRE(client.read_text() == text);
    }
  }
}

TEST_CASE("what inflates over the limit of a message is closed with 1009, however little it was") {
  test_service service(compressing());
  const std::size_t limit = limits{}.message_bytes_max;
  deflating_client fits{raw_client(service.port())};
  fits.send_text(std::string(limit, 'z'));
  CHECK(fits.read_text().size() == limit);
  for (const auto bytes : {limit + 1, std::size_t{100'000'000}}) {
    deflating_client bomb{raw_client(service.port())};
    const auto payload = bomb.compressed(std::string(bytes, 'z'));
    bomb.wire().send(deflating_client::frame(std::string_view(payload).substr(0, 60'000)));
    CHECK(bomb.wire().read_frame().close_code() == 1009);
  }
  CHECK(service.server().count(counted::frames_received) == 1);
}

TEST_CASE(
    "bytes that do not inflate end the connection, and a compressed frame that was not agreed on is a violation") {
  test_service service(compressing());
  deflating_client broken{raw_client(service.port())};
  broken.wire().send(deflating_client::frame("\x07\xFF\xFF\xFF"));
  CHECK(broken.wire().reads_end());
  raw_client plain(service.port());
  plain.upgrade();
  plain.send(deflating_client::frame("x"));
  CHECK(plain.read_frame().close_code() == 1002);
}

TEST_CASE("a frame that many share is compressed for each that wants it and sent as it is to others") {
  test_service service(compressing());
  deflating_client one{raw_client(service.port())};
  deflating_client two{raw_client(service.port())};
  raw_client plain(service.port());
  plain.upgrade();
  REQUIRE(service.eventually([&] { return service.seen().sessions_opened == 3; }));
  const auto text = std::make_shared<const std::string>(std::string(2'000, 'v'));
  for (std::size_t i = 0; i < 3; ++i)
    caf::anon_send(service.session(i), view_frame{view_kind::dashboard, {}, text});
  CHECK(one.read_text() == *text);
  CHECK(two.read_text() == *text);
  CHECK(plain.read_text() == *text);
  CHECK(one.payload_bytes() < 100);
}

TEST_CASE("the echo compresses messages of any length that it takes") {
  test_service service(compressing());
  deflating_client client(raw_client(service.port()), "; client_max_window_bits", "/ws/echo");
  const std::string text(1'000'000, 'e');
  client.send_text(text.substr(0, 1'000'000));
  CHECK(client.read_text().size() == 1'000'000);
}
