/// What is malformed, too long or too slow is answered as such, and the service goes on.

#include "tests/support/seed.hpp"
#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

namespace {

/// The answer to what is sent, on a connection and a service of its own.
raw_response answer_to(std::string_view bytes, limits limit = {}) {
  test_service service({2, limit});
  raw_client client(service.port());
  client.send(bytes);
  auto response = client.read_response();
  // An answer of the transport's own is the last one.
  client.finish_sending();
  CHECK(client.reads_end());
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
  return response;
}

std::string get(std::string_view target, std::string_view headers = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" + std::string(headers) +
         "\r\n";
}

std::string post(std::size_t length) {
  return "POST /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: " + std::to_string(length) +
         "\r\n\r\n" + std::string(length, 'b');
}

} // namespace

TEST_CASE("a request that is malformed or ambiguous is answered 400") {
  for (const std::string bytes : {
           "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nHost: test\r\nno colon\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: test\r\nBad Name: x\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",                                                         // no host
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",                                   // two
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", // two lengths
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",                       // no length
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", // both
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",                        // no chunk
       }) {
    INFO(bytes);
    const auto response = answer_to(bytes);
    CHECK(response.status == 400);
    CHECK(response.body == R"({"error":"malformed","message":"This is not a valid HTTP request."})");
    CHECK(response.headers.at("connection") == "close");
  }
  CHECK(answer_to(get("/a/../b")).status == 400);
  CHECK(answer_to(get("/%00")).status == 400);
}

TEST_CASE("what is well-formed but not spoken here is answered with what is") {
  CHECK(answer_to("GET / HTTP/3.0\r\nHost: test\r\n\r\n").status == 505);
  CHECK(answer_to("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status == 505);
  CHECK(answer_to("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n").status == 501);
  CHECK(answer_to("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n").status == 501);
  CHECK(answer_to("POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n").status == 417);
}

TEST_CASE("headers up to the limit are read, over it they are answered 431") {
  limits limit;
  limit.header_bytes_max = 1'000;
  const auto of_size = [](std::size_t size) {
    const auto without = get("/", "X: \r\n").size();
    return get("/", "X: " + std::string(size - without, 'x') + "\r\n");
  };
  CHECK(answer_to(of_size(1'000), limit).status == 404);
  CHECK(answer_to(of_size(1'001), limit).status == 431);
  std::string endless = "GET / HTTP/1.1\r\n";
  while (endless.size() < 5'000)
    endless += "X: y\r\n";
  CHECK(answer_to(endless, limit).status == 431);
}

TEST_CASE("a target up to the limit is read, over it it is answered 414, even if it never ends") {
  limits limit;
  limit.target_bytes_max = 100;
  CHECK(answer_to(get("/" + std::string(99, 'a')), limit).status == 404);
  CHECK(answer_to(get("/" + std::string(100, 'a')), limit).status == 414);
  CHECK(answer_to("GET /" + std::string(10'000, 'a'), limit).status == 414);
}

TEST_CASE("a body up to the limit is read, over it it is answered 413, known beforehand or not") {
  limits limit;
  limit.body_bytes_max = 1'000;
  CHECK(answer_to(post(1'000), limit).status == 200);
  CHECK(answer_to(post(1'001), limit).status == 413);
  CHECK(answer_to("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n", limit)
            .status == 413);
  const std::string chunk = "1f4\r\n" + std::string(500, 'c') + "\r\n"; // 500 bytes
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(answer_to(chunked + chunk + chunk + "0\r\n\r\n", limit).body.size() == 1'000);
  CHECK(answer_to(chunked + chunk + chunk + "1\r\nc\r\n0\r\n\r\n", limit).status == 413);
}

TEST_CASE("bodies over what all together may take are answered 503 with a time to come back") {
  limits limit;
  limit.bodies_bytes_max = 1'000;
  CHECK(answer_to(post(1'000), limit).status == 200);
  const auto response = answer_to(post(1'001), limit);
  CHECK(response.status == 503);
  CHECK(response.headers.at("retry-after") == "1");

  // What one holds another cannot have, until it is read.
  test_service service({1, limit});
  raw_client holder(service.port());
  holder.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 600\r\nExpect: 100-continue\r\n\r\n");
  CHECK(holder.read_response().status == 100);
  raw_client refused(service.port());
  refused.send(post(600));
  CHECK(refused.read_response().status == 503);
  holder.send(std::string(600, 'h'));
  CHECK(holder.read_response().status == 200);
  raw_client served(service.port());
  served.send(post(600));
  CHECK(served.read_response().status == 200);
}

TEST_CASE("a request that comes too slowly is answered 408") {
  limits limit;
  limit.header_time = 1ms;
  limit.body_time = 1ms;
  CHECK(answer_to("GET / HTTP/1.1\r\nHost:", limit).status == 408);
  CHECK(answer_to("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nhal", limit).status == 408);
}

TEST_CASE("a client that says nothing is hung up on, before its first request and after") {
  limits limit;
  limit.header_time = 1ms;
  limit.keep_alive_time = 1ms;
  test_service service({2, limit});
  raw_client silent(service.port());
  CHECK(silent.reads_end());
  raw_client quiet(service.port());
  CHECK(quiet.get("/nowhere").status == 404);
  CHECK(quiet.reads_end());
}

TEST_CASE("a request that the routes do not answer in time is answered 503") {
  limits limit;
  limit.answer_time = 1ms;
  test_service service({2, limit});
  raw_client client(service.port());
  CHECK(client.get("/never").status == 503);
}

TEST_CASE("a client that does not take its response is cut off") {
  limits limit;
  limit.response_time = 1ms;
  test_service service({2, limit});
  raw_client client(service.port(), 16 * 1024);
  client.send("GET /big?30000000 HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(service.eventually(
      [&] { return service.server().count(counted::requests) == 1 && service.server().connections() == 0; }));
}

TEST_CASE("whatever bytes come, each connection ends and the service goes on") {
  BTPAY_SEEDED(random);
  test_service service;
  const std::string sample = "POST /echo?a=b HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
                             "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  for (int i = 0; i < 200; ++i) {
    raw_client client(service.port());
    auto bytes = sample.substr(0, random() % (sample.size() + 1));
    for (auto changes = random() % 6; changes > 0 && !bytes.empty(); --changes)
      bytes[random() % bytes.size()] = random() % 3 == 0 ? "\r\n :\0"[random() % 5] : static_cast<char>(random());
    client.send(bytes + sample.substr(0, random() % sample.size()));
  }
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
  CHECK(raw_client(service.port()).get("/nowhere").status == 404);
}
