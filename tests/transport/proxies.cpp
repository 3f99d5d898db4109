/// Clients that come through a proxy, and those that say they do.

#include "tests/support/seed.hpp"
#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"
#include "transport/forwarding.hpp"
#include "transport/proxy_header.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;

namespace {

boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

std::string version2(unsigned command, unsigned family, const std::string& rest) {
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += static_cast<char>(0x20U | command);
  header += static_cast<char>(family);
  header += static_cast<char>(rest.size() >> 8U);
  header += static_cast<char>(rest.size() & 0xFFU);
  return header + rest;
}

const std::string four("\xC0\x00\x02\x07\x0A\x00\x00\x01\x30\x39\x01\xBB", 12);

/// Gives the header as it wants it, and no more.
proxy_header::state feed(proxy_header& header, std::string_view bytes, std::size_t& used) {
  auto state = proxy_header::state::incomplete;
  used = 0;
  while (state == proxy_header::state::incomplete && used < bytes.size()) {
    const auto wanted = header.wanted();
    REQUIRE(wanted > 0);
    const auto part = bytes.substr(used, wanted);
    used += part.size();
    state = header.add(part);
  }
  return state;
}

std::string client_of(const std::string& bytes) {
  proxy_header header;
  std::size_t used = 0;
  if (feed(header, bytes + "GET / HTTP", used) != proxy_header::state::complete)
    return "wrong";
  CHECK(used == bytes.size()); // not a byte of the client's
  return header.client() ? header.client()->to_string() : "unknown";
}

std::string peer(test_service& service, const std::string& before, const std::string& headers = "") {
  raw_client client(service.port());
  client.send(before + "GET /peer HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n");
  return client.read_response().body;
}

} // namespace

TEST_CASE("both versions of the PROXY header are read, and not a byte after them") {
  CHECK(client_of("PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n") == "192.0.2.7");
  CHECK(client_of("PROXY TCP6 2001:db8::7 ::1 12345 443\r\n") == "2001:db8::7");
  CHECK(client_of("PROXY UNKNOWN\r\n") == "unknown");
  CHECK(client_of("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n") == "unknown");
  CHECK(client_of(version2(1, 0x11, four)) == "192.0.2.7");
  CHECK(client_of(version2(1, 0x11, four + std::string(40, 'x'))) == "192.0.2.7"); // and what it adds
  CHECK(client_of(version2(1, 0x21, std::string(15, '\0') + "\x01" + std::string(20, '\0'))) == "::1");
  CHECK(client_of(version2(0, 0x00, "")) == "unknown");
  CHECK(client_of(version2(1, 0x31, std::string(216, 'u'))) == "unknown"); // a unix socket
}

TEST_CASE("what is no PROXY header is refused") {
  for (const auto& wrong :
       {std::string("GET / HTTP/1.1\r\n"), std::string("PROXY TCP5 192.0.2.7 10.0.0.1 1 2\r\n"),
        std::string("PROXY TCP4 2001:db8::7 ::1 1 2\r\n"), std::string("PROXY TCP4 host 10.0.0.1 1 2\r\n"),
        std::string("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\n"), "PROXY TCP4 " + std::string(120, '1') + "\r\n",
        version2(2, 0x11, four), version2(1, 0x11, "short"), version2(1, 0x21, four),
        version2(1, 0x11, std::string(3000, 'x'))})
    CHECK(client_of(wrong) == "wrong");
}

TEST_CASE("any bytes are a PROXY header or none, in any pieces") {
  BTPAY_SEEDED(random);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes =
        i % 2 == 0 ? version2(1, 0x11, four) : std::string("PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n");
    for (auto n = random() % 3; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % (bytes.size() + 1));
    proxy_header header;
    std::size_t used = 0;
    feed(header, bytes, used);
    CHECK(used <= bytes.size());
  }
}

TEST_CASE("of forwarded addresses the last that no proxy of ours wrote for itself is the client") {
  address_set trusted;
  REQUIRE(trusted.add("10.0.0.0/8"));
  const auto client = [&](std::string_view text) {
    return forwarded_client(text, trusted, address("10.0.0.1")).to_string();
  };
  CHECK(client("192.0.2.7") == "192.0.2.7");
  CHECK(client("203.0.113.5, 192.0.2.7") == "192.0.2.7"); // the first is what the client claims
  CHECK(client("192.0.2.7, 10.0.0.9 ,10.0.0.8") == "192.0.2.7");
  CHECK(client("10.0.0.7, 10.0.0.9") == "10.0.0.7");
  CHECK(client("192.0.2.7, nonsense, 10.0.0.9") == "10.0.0.9");
  CHECK(client("nonsense") == "10.0.0.1");
  CHECK(client("") == "10.0.0.1");
  CHECK(client("::ffff:192.0.2.7") == "192.0.2.7");
}

TEST_CASE("a request is known to come through a proxy, whether that one is trusted or not") {
  const auto forwarded = [](test_service& service, const std::string& before, const std::string& headers = "") {
    peer(service, before, headers);
    return service.last_request().forwarded;
  };
  test_service open;
  CHECK_FALSE(forwarded(open, ""));
  CHECK_FALSE(forwarded(open, "", "X-Forwarded: no\r\nOrigin: http://test\r\n"));
  for (const auto* header : {"X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: pay.example",
                             "Forwarded: for=192.0.2.7", "Via: 1.1 proxy", "X-Real-IP: 192.0.2.7", "VIA:"})
    CHECK(forwarded(open, "", std::string(header) + "\r\n"));
  service_options options;
  options.trusted_proxies = {"127.0.0.0/8"};
  test_service behind(options);
  CHECK(forwarded(behind, "")); // it says nothing, which is no sign of being the client
  options.proxy_protocol = true;
  test_service told(options);
  CHECK(forwarded(told, "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n"));
  CHECK(forwarded(told, "PROXY TCP4 127.0.0.1 127.0.0.1 12345 443\r\n"));
  CHECK(forwarded(told, "PROXY UNKNOWN\r\n"));
}

TEST_CASE("a forwarded address counts from a trusted proxy alone") {
  const std::string forwarded = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n";
  test_service open;
  CHECK(peer(open, "", forwarded) == "127.0.0.1");
  service_options options;
  options.trusted_proxies = {"127.0.0.0/8"};
  test_service behind(options);
  CHECK(peer(behind, "", forwarded) == "192.0.2.7 secure");
  CHECK(peer(behind, "", "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-For: 192.0.2.7\r\n") == "192.0.2.7");
  CHECK(peer(behind, "", "X-Forwarded-Proto: http\r\n") == "127.0.0.1");
  CHECK(peer(behind, "") == "127.0.0.1");
}

TEST_CASE("a PROXY header is expected from trusted proxies and is nonsense from others") {
  service_options options;
  options.trusted_proxies = {"127.0.0.1"};
  options.proxy_protocol = true;
  test_service behind(options);
  CHECK(peer(behind, "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n") == "192.0.2.7");
  CHECK(peer(behind, version2(1, 0x11, four)) == "192.0.2.7");
  CHECK(peer(behind, "PROXY UNKNOWN\r\n") == "127.0.0.1");
  // Whom the header names is no proxy of ours, whatever else is claimed.
  CHECK(peer(behind, "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n", "X-Forwarded-For: 203.0.113.5\r\n") == "192.0.2.7");
  raw_client without(behind.port());
  without.send("GET /peer HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(without.reads_end());

  options.trusted_proxies = {"192.0.2.0/24"};
  test_service other(options);
  CHECK(peer(other, "") == "127.0.0.1");
  raw_client liar(other.port());
  liar.send("PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\nGET /peer HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(liar.read_response().status == 505); // read as a request line, it names no version of HTTP
}

TEST_CASE("clients behind a proxy are counted by their own addresses") {
  service_options options;
  options.trusted_proxies = {"127.0.0.1"};
  options.proxy_protocol = true;
  options.limit.connections_per_address_max = 2;
  test_service service(options);
  std::vector<raw_client> clients;
  const auto connect = [&](const char* from) -> raw_client& {
    auto& client = clients.emplace_back(service.port());
    client.send("PROXY TCP4 " + std::string(from) + " 10.0.0.1 12345 443\r\nGET /who HTTP/1.1\r\nHost: test\r\n\r\n");
    return client;
  };
  CHECK(connect("192.0.2.7").read_response().status == 200);
  CHECK(connect("192.0.2.7").read_response().status == 200);
  CHECK(connect("192.0.2.7").reads_end());
  CHECK(connect("192.0.2.8").read_response().status == 200);
}
