/// Requests reach the routes as they were sent, and responses reach the client as they were given.

#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr std::string_view upgrade_headers =
    "Host: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

std::string_view header(const http_request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name)
      return value;
  return {};
}

} // namespace

TEST_CASE("the routes get method, path, query, headers and body") {
  test_service service;
  raw_client client(service.port());
  client.send("POST /ec%68o?a=%20b HTTP/1.1\r\nHost: test\r\nX-Mixed-CASE:  some value \r\nCookie: a=1\r\n"
              "Content-Length: 5\r\n\r\nhello");
  const auto response = client.read_response();
  CHECK(response.status == 200);
  CHECK(response.body == "hello");
  CHECK(response.headers.at("content-type") == "text/plain");
  CHECK(response.headers.at("x-test") == "yes");
  CHECK(response.headers.at("server") == "btpay");
  const auto request = service.last_request();
  CHECK(request.method == http_method::post);
  CHECK(request.path == "/echo");
  CHECK(request.query == "a=%20b");
  CHECK(header(request, "x-mixed-case") == "some value");
  CHECK(header(request, "cookie") == "a=1");
  CHECK_FALSE(request.upgrade);
  CHECK_FALSE(request.local_operator);
}

TEST_CASE("every method reaches the routes under its name, or as another") {
  test_service service;
  raw_client client(service.port());
  const std::vector<std::pair<std::string, http_method>> methods{
      {"GET", http_method::get},         {"POST", http_method::post},       {"PUT", http_method::put},
      {"DELETE", http_method::delete_},  {"OPTIONS", http_method::options}, {"PATCH", http_method::other},
      {"FROBNICATE", http_method::other}};
  for (const auto& [name, method] : methods) {
    client.send(name + " /nowhere HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(client.read_response().status == 404);
    CHECK(service.last_request().method == method);
  }
}

TEST_CASE("a connection serves one request after another") {
  test_service service;
  raw_client client(service.port());
  for (int i = 0; i < 3; ++i)
    CHECK(client.get("/nowhere").status == 404);
  CHECK(service.server().count(counted::accepted) == 1);
  CHECK(service.server().count(counted::requests) == 3);
}

TEST_CASE("requests that are sent ahead are answered in order") {
  test_service service;
  raw_client client(service.port());
  std::string ahead;
  for (int i = 0; i < 50; ++i)
    ahead += "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n" + std::to_string(10 + i);
  client.send(ahead);
  for (int i = 0; i < 50; ++i)
    REQUIRE(client.read_response().body == std::to_string(10 + i));
}

TEST_CASE("a response to HEAD has the length of the body and not the body") {
  test_service service;
  raw_client client(service.port());
  client.send("HEAD /big?1234 HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto response = client.read_response(true);
  CHECK(response.status == 200);
  CHECK(response.headers.at("content-length") == "1234");
  CHECK(client.get("/big?3").body == "xxx");
}

TEST_CASE("a response without a body says so") {
  test_service service;
  raw_client client(service.port());
  const auto response = client.get("/empty");
  CHECK(response.status == 204);
  CHECK(response.headers.count("content-length") == 0);
  CHECK(client.get("/nowhere").status == 404);
}

TEST_CASE("a large response arrives whole") {
  test_service service;
  raw_client client(service.port());
  CHECK(client.get("/big?5000000").body == std::string(5'000'000, 'x'));
}

TEST_CASE("a chunked body arrives whole") {
  test_service service;
  raw_client client(service.port());
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
              "5\r\nhello\r\n1;ext=1\r\n \r\n5\r\nworld\r\n0\r\n\r\n");
  CHECK(client.read_response().body == "hello world");
  CHECK(client.get("/nowhere").status == 404);
}

TEST_CASE("a client that waits for leave to send its body gets it") {
  test_service service;
  raw_client client(service.port());
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(client.read_response().status == 100);
  client.send("body");
  CHECK(client.read_response().body == "body");
}

TEST_CASE("a connection ends after the response where either side or the version asks for it") {
  for (const std::string text :
       {"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    test_service service;
    raw_client client(service.port());
    client.send(text);
    const auto response = client.read_response();
    CHECK(response.status == 404);
    client.finish_sending();
    CHECK(client.reads_end());
    CHECK(service.eventually([&] { return service.server().connections() == 0; }));
  }
}

TEST_CASE("a request that the routes drop is answered 500") {
  test_service service;
  raw_client client(service.port());
  const auto response = client.get("/drop");
  CHECK(response.status == 500);
  CHECK(response.body == R"({"error":"internal","message":"The request could not be answered."})");
  CHECK(client.get("/nowhere").status == 404);
}

TEST_CASE("a line break in a response header never reaches the client") {
  test_service service;
  raw_client client(service.port());
  const auto response = client.get("/injected");
  CHECK(response.status == 500);
  CHECK(response.headers.count("set-cookie") == 0);
}

TEST_CASE("routes that refuse an upgrade answer in plain HTTP") {
  test_service service;
  raw_client client(service.port());
  const auto response = client.try_upgrade("/private");
  CHECK(response.status == 403);
  CHECK(response.body == R"({"error":"forbidden"})");
  CHECK(service.last_request().upgrade);
  CHECK(service.seen().sessions_opened == 0);
  client.upgrade(); // on the same connection
  client.send_text("hello");
  CHECK(client.read_text() == "hello");
}

TEST_CASE("a handshake is found whatever its letters' case and its place in a list") {
  test_service service;
  raw_client client(service.port());
  client.send("GET /ws HTTP/1.1\r\n" + std::string(upgrade_headers) + "\r\n");
  CHECK(client.read_response().status == 101);
}

TEST_CASE("a handshake that is not one is refused before the routes see it") {
  const auto answer_to = [](std::string headers, std::string after = {}) {
    test_service service;
    raw_client client(service.port());
    client.send("GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + headers + "\r\n" +
                after);
    auto response = client.read_response();
    CHECK(service.server().count(counted::requests) == 0);
    return response;
  };
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  CHECK(answer_to(version).status == 400);
  CHECK(answer_to(version + "Sec-WebSocket-Key: short\r\n").status == 400);
  CHECK(answer_to(version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ!=\r\n").status == 400);
  CHECK(answer_to(version + key + key).status == 400);
  CHECK(answer_to(version + key, client_frame(opcode::text, "impatient")).status == 400);
  const auto old = answer_to("Sec-WebSocket-Version: 8\r\n" + key);
  CHECK(old.status == 426);
  CHECK(old.headers.at("sec-websocket-version") == "13");
}

TEST_CASE("routes that make a WebSocket of a plain request answer 500") {
  test_service service;
  raw_client client(service.port());
  CHECK(client.get("/not-a-websocket").status == 500);
}
