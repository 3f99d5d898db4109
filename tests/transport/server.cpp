/// Where connections come in, how many, and how all of it stops.

#include "transport/server.hpp"

#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <list>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

namespace {

/// Leaves room for exactly one more descriptor in this process, until destroyed.
class one_descriptor_left {
public:
  one_descriptor_left() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    auto scarce = before_;
    scarce.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;
    ::setrlimit(RLIMIT_NOFILE, &scarce);
  }
  ~one_descriptor_left() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  one_descriptor_left(const one_descriptor_left&) = delete;
  one_descriptor_left& operator=(const one_descriptor_left&) = delete;

private:
  rlimit before_{};
};

/// The socket file of a service that was killed.
void leave_stale_socket(const std::filesystem::path& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
}

service_options with_admin(const std::filesystem::path& path) {
  service_options options;
  options.admin_socket = path;
  return options;
}

} // namespace

TEST_CASE("requests over the admin socket come from an operator, others do not") {
  temp_dir dir;
  const auto path = dir.path() / "admin.sock";
  test_service service(with_admin(path));
  CHECK(raw_client(path).get("/who").body == "operator");
  CHECK(raw_client(service.port()).get("/who").body == "stranger");
}

TEST_CASE("no WebSocket opens over the admin socket") {
  temp_dir dir;
  const auto path = dir.path() / "admin.sock";
  test_service service(with_admin(path));
  CHECK(raw_client(path).try_upgrade().status == 400);
}

TEST_CASE("the admin socket is its owner's alone, and is gone with the service") {
  temp_dir dir;
  const auto path = dir.path() / "admin.sock";
  {
    test_service service(with_admin(path));
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777u) == 0600u);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("the socket file of a service that was killed is replaced, one in use is not") {
  temp_dir dir;
  const auto path = dir.path() / "admin.sock";
  leave_stale_socket(path);
  test_service service(with_admin(path));
  CHECK_THROWS_WITH(test_service(with_admin(path)), Catch::Contains("another service runs on this data directory"));
  CHECK(raw_client(path).get("/who").body == "operator");
}

TEST_CASE("a path that is too long for a socket is refused") {
  CHECK_THROWS_WITH(test_service(with_admin("/tmp/" + std::string(200, 'a'))), Catch::Contains("too long"));
}

TEST_CASE("a port in use and an address of another machine are refused with what to do") {
  test_service service;
  server_options options;
  options.port = service.port();
  server second(service.units(), std::vector<routes_actor>(2), {}, options);
  const auto taken = second.start();
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == errc::already_exists);
  CHECK_THAT(taken.error().message, Catch::Contains("choose another port"));

  options.host = "192.0.2.1"; // RFC 5737: nobody's
  server third(service.units(), std::vector<routes_actor>(2), {}, options);
  const auto foreign = third.start();
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().code == errc::invalid_value);
}

TEST_CASE("connections up to the limit are served, one more is answered 503 until another leaves") {
  limits limit;
  limit.connections_max = 3;
  test_service service({2, limit});
  std::list<raw_client> served;
  for (int i = 0; i < 3; ++i) {
    served.emplace_back(service.port());
    if (i == 0)
      served.back().upgrade();
    else
      CHECK(served.back().get("/nowhere").status == 404);
  }
  {
    raw_client refused(service.port());
    const auto response = refused.get("/nowhere");
    CHECK(response.status == 503);
    CHECK(response.headers.at("retry-after") == "1");
  }
  served.pop_front();
  CHECK(service.eventually([&] { return service.server().connections() == 2; }));
  CHECK(raw_client(service.port()).get("/nowhere").status == 404);
  CHECK(service.server().count(counted::refused) == 1);
}

TEST_CASE("a connection that finds no descriptor waits until there is one") {
  limits limit;
  limit.accept_retry_time = 1ms;
  test_service service({2, limit});
  CHECK(raw_client(service.port()).get("/nowhere").status == 404);
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
  std::unique_ptr<raw_client> client;
  {
    one_descriptor_left scarce;
    client = std::make_unique<raw_client>(service.port());
    client->send("GET /nowhere HTTP/1.1\r\nHost: test\r\n\r\n");
    service.units().on_each([](io_unit&) {});
  }
  CHECK(client->read_response().status == 404);
}

TEST_CASE("a server that accepts no more serves those that are there") {
  test_service service;
  raw_client client(service.port());
  client.upgrade();
  service.server().stop_accepting();
  CHECK_THROWS(raw_client(service.port()));
  client.send_text("hello");
  CHECK(client.read_text() == "hello");
}

TEST_CASE("closing sends 1001 to WebSockets, hangs up on idle connections, and finishes the rest") {
  test_service service;
  raw_client socket(service.port());
  socket.upgrade();
  raw_client idle(service.port());
  CHECK(idle.get("/nowhere").status == 404);
  raw_client busy(service.port());
  busy.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbo");
  CHECK(service.eventually([&] { return service.server().connections() == 3; }));
  service.units().on_each([](io_unit&) {});

  service.server().stop_accepting();
  // Each client does its part, as soon as it hears of it.
  auto closed = std::async(std::launch::async, [&] { return service.server().close_sessions(); });
  const auto closing = socket.read_frame();
  CHECK(closing.kind == opcode::close);
  CHECK(closing.close_code() == 1001);
  socket.send_frame(opcode::close, closing.payload);
  CHECK(socket.reads_end());
  CHECK(idle.reads_end());
  busy.send("dy");
  const auto response = busy.read_response();
  CHECK(response.body == "body");
  CHECK(response.headers.at("connection") == "close");
  busy.finish_sending();
  CHECK(closed.get());
  CHECK(service.server().connections() == 0);
  CHECK(service.server().count(counted::closed_at_shutdown) == 1);
}

TEST_CASE("clients that do not leave in time are cut, and every session is told") {
  limits limit;
  limit.drain_time = 1ms;
  test_service service({2, limit});
  std::list<raw_client> clients;
  for (int i = 0; i < 10; ++i)
    clients.emplace_back(service.port()).upgrade();
  service.server().stop_accepting();
  CHECK_FALSE(service.server().close_sessions());
  service.stop();
  CHECK(service.seen().sessions_opened == 10);
  CHECK(service.seen().sessions_ended == 10);
  CHECK(service.seen().peers_closed == 10);
}

TEST_CASE("a service stops cleanly whatever its connections are doing") {
  BTPAY_SEEDED(random);
  for (int round = 0; round < 20; ++round) {
    test_service service;
    std::list<raw_client> clients;
    for (int i = 0; i < 20; ++i) {
      auto& client = clients.emplace_back(service.port());
      switch (random() % 8) {
      case 0:
        break;
      case 1:
        client.send("GET / HT");
        break;
      case 2:
        client.send("GET /never HTTP/1.1\r\nHost: test\r\n\r\n");
        break;
      case 3:
        client.send("GET /big?3000000 HTTP/1.1\r\nHost: test\r\n\r\n");
        break;
      case 4:
        client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nhal");
        break;
      case 5:
        client.upgrade();
        client.send_text("blob 3000000");
        break;
      case 6:
        client.upgrade();
        client.send_text("close 1001");
        break;
      case 7:
        client.upgrade();
        client.send_frame(opcode::text, std::string(5'000, 'x'), false);
        break;
      }
    }
    if (random() % 2 == 0)
      clients.clear();
    service.stop();
    REQUIRE(service.seen().sessions_opened == service.seen().sessions_ended);
    REQUIRE(service.seen().sessions_opened == service.seen().peers_closed);
  }
}
