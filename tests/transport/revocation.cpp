/// Who is logged out loses the sockets, within a second and nobody else.

#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace btpay;
using namespace btpay::testing;

namespace {

raw_client connected(test_service& service, std::string_view path) {
  raw_client client(service.port());
  client.upgrade(path);
  return client;
}

bool echoes(raw_client& client) {
  client.send_text("there?");
  return client.read_text() == "there?";
}

} // namespace

TEST_CASE("revoking a user closes all sockets of that user with 1008") {
  test_service service;
  auto first = connected(service, "/ws/user?7-1");
  auto second = connected(service, "/ws/user?7-2");
  auto other = connected(service, "/ws/user?8-1");
  auto echo = connected(service, "/ws/echo");
  const auto begin = std::chrono::steady_clock::now();
  service.server().revoke({user_id{7}, 0});
  CHECK(first.read_frame().close_code() == 1008);
  CHECK(second.read_frame().close_code() == 1008);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
  CHECK(echoes(other));
  CHECK(echoes(echo));
}

TEST_CASE("revoking a credential closes what it opened, not what another one of the same user did") {
  test_service service;
  auto first = connected(service, "/ws/user?7-1");
  auto second = connected(service, "/ws/user?7-2");
  service.server().revoke({user_id{7}, 1});
  CHECK(first.read_frame().close_code() == 1008);
  CHECK(echoes(second));
}

TEST_CASE("a socket ends with the credential that opened it") {
  service_options options;
  options.limit.idle_time = std::chrono::milliseconds(100);
  test_service service(options);
  auto client = connected(service, "/ws/user?7-1-0");
  raw_frame frame;
  do // pings come before
    frame = client.read_frame();
  while (frame.kind == opcode::ping);
  CHECK(frame.close_code() == 1008);
}

TEST_CASE("the open sockets can be listed") {
  test_service service;
  auto first = connected(service, "/ws/user?7-11");
  auto second = connected(service, "/ws/user?8-12");
  std::promise<std::vector<open_socket>> listed;
  service.server().list([&](std::vector<open_socket> all) { listed.set_value(std::move(all)); });
  auto all = listed.get_future().get();
  REQUIRE(all.size() == 2);
  if (raw(all[0].user) == 8)
    std::swap(all[0], all[1]);
  CHECK(raw(all[0].user) == 7);
  CHECK(all[0].credential == 11);
  CHECK(all[1].credential == 12);
  CHECK(all[1].peer == "127.0.0.1");
}
