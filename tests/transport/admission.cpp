/// Who may come in, at each limit and one past it; and that a refusal costs nobody else anything.

#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

namespace {

std::vector<raw_client> open_sockets(test_service& service, std::size_t count, std::string_view path = "/ws") {
  std::vector<raw_client> clients;
  for (std::size_t i = 0; i < count; ++i)
    clients.emplace_back(service.port()).upgrade(path);
  return clients;
}

} // namespace

TEST_CASE("one address has so many connections, and the next one is answered 429") {
  limits limit;
  limit.connections_per_address_max = 3;
  limit.loopback_is_counted = true;
  test_service service({2, limit});
  auto clients = open_sockets(service, 3);
  raw_client fourth(service.port());
  const auto answer = fourth.get("/who");
  CHECK(answer.status == 429);
  CHECK(answer.headers.count("retry-after") == 1);
  CHECK(answer.headers.at("connection") == "close");
  fourth.finish_sending();
  CHECK(fourth.reads_end());
  clients.front().send_text("still here");
  CHECK(clients.front().read_text() == "still here");
  clients.pop_back();
  CHECK(service.eventually([&] { return service.server().connections() == 2; }));
  open_sockets(service, 1);
}

TEST_CASE("loopback is not counted as an address, since a proxy there speaks for everybody") {
  limits limit;
  limit.connections_per_address_max = 1;
  test_service service({2, limit});
  auto clients = open_sockets(service, 3);
  for (auto& each : clients) {
    each.send_text("served");
    CHECK(each.read_text() == "served");
  }
}

TEST_CASE("one user has so many sockets, and the next one is refused before the upgrade") {
  limits limit;
  limit.connections_per_user_max = 2;
  test_service service({2, limit});
  auto clients = open_sockets(service, 2, "/ws/user?7-1");
  CHECK(raw_client(service.port()).try_upgrade("/ws/user?7-2").status == 429);
  auto others = open_sockets(service, 2, "/ws/user?8-1");
  auto echoes = open_sockets(service, 3, "/ws/echo"); // nobody's
  clients.pop_back();
  CHECK(service.eventually([&] { return service.server().connections() == 6; }));
  open_sockets(service, 1, "/ws/user?7-3");
}

TEST_CASE("so many connections may be without a request, and the next is told when to come back") {
  limits limit;
  limit.arriving_max = 3;
  test_service service({1, limit});
  std::vector<raw_client> slow;
  for (int i = 0; i < 3; ++i)
    slow.emplace_back(service.port()).send("GET /who HTT");
  REQUIRE(service.eventually([&] { return service.server().count(counted::accepted) == 3; }));
  raw_client next(service.port());
  const auto answer = next.get("/who");
  CHECK(answer.status == 503);
  const auto seconds = std::stoul(answer.headers.at("retry-after"));
  CHECK((seconds >= 1 && seconds <= retry_seconds_max));
  next.finish_sending();
  CHECK(next.reads_end());
  slow.front().send("P/1.1\r\nHost: test\r\n\r\n");
  CHECK(slow.front().read_response().body == "stranger");
  CHECK(raw_client(service.port()).get("/who").status == 200);
}

TEST_CASE("connections over the rate are refused, at different times to come back, and served a second later") {
  limits limit;
  limit.accepts_per_second = 4;
  test_service service({1, limit});
  std::map<unsigned, int> answers;
  std::set<std::string> times;
  for (int i = 0; i < 12; ++i) {
    const auto answer = raw_client(service.port()).get("/who");
    ++answers[answer.status];
    if (answer.status == 503)
      times.insert(answer.headers.at("retry-after"));
  }
  CHECK(answers[200] >= 4);
  CHECK(answers[503] >= 1);
  CHECK(answers[200] + answers[503] == 12);
  CHECK(times.size() == std::min<std::size_t>(retry_seconds_max, static_cast<std::size_t>(answers[503])));
  CHECK(service.eventually([&] { return raw_client(service.port()).get("/who").status == 200; }));
}

TEST_CASE("a flood of refused connections is dropped without a word, and those who are in are served") {
  limits limit;
  limit.connections_max = 1;
  limit.refusal_time = 60s;
  test_service service({1, limit});
  auto inside = open_sockets(service, 1);
  std::vector<raw_client> flood;
  for (std::size_t i = 0; i < refusals_max + 50; ++i)
    flood.emplace_back(service.port());
  CHECK(flood.back().reads_end()); // not even a refusal
  inside.front().send_text("served");
  CHECK(inside.front().read_text() == "served");
  CHECK(service.server().connections() <= 1 + refusals_max);
}

TEST_CASE("a client that sends commands over its rate is read more slowly and loses nothing") {
  limits limit;
  limit.commands_per_second = 40;
  test_service service({1, limit});
  auto clients = open_sockets(service, 2);
  std::string burst;
  for (int i = 0; i < 100; ++i)
    burst += client_frame(opcode::text, std::to_string(i));
  clients[0].send(burst);
  for (int i = 0; i < 40; ++i)
    REQUIRE(clients[0].read_text() == std::to_string(i));
  clients[1].send_text("not me");
  CHECK(clients[1].read_text() == "not me");
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 40; i < 100; ++i)
    REQUIRE(clients[0].read_text() == std::to_string(i));
  CHECK(std::chrono::steady_clock::now() - begin > 800ms);
}
