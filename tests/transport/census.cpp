#include "transport/census.hpp"

#include "transport/peer_address.hpp"
#include "transport/token_bucket.hpp"

#include <catch2/catch.hpp>

namespace btpay {

namespace {
boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }
} // namespace

TEST_CASE("a census knows how many there are of each key, and forgets a key with its last") {
  address_census all;
  auto first = all.enter("a");
  CHECK(first.present == 1);
  {
    const auto second = all.enter("a");
    CHECK(second.present == 2);
    CHECK(all.enter("b").present == 1); // left at once
  }
  CHECK(all.size() == 1);
  auto moved = std::move(first.where);
  CHECK(moved.key() == "a");
  CHECK(first.where.key().empty());
  CHECK(all.enter("a").present == 2);
  moved.leave();
  moved.leave();
  CHECK(all.size() == 0);
}

TEST_CASE("a bucket gives what it holds, and a second later as much again") {
  token_bucket bucket;
  const tick_count turns = static_cast<tick_count>(std::chrono::seconds{1} / tick_time);
  tick_count now = 0xFFFF'FFFE; // the turns wrap
  for (int i = 0; i < 100; ++i)
    REQUIRE(bucket.take(now, 100));
  CHECK_FALSE(bucket.has_one(now, 100));
  CHECK_FALSE(bucket.take(now, 100));
  now += turns / 2;
  for (int i = 0; i < 50; ++i)
    REQUIRE(bucket.take(now, 100));
  CHECK_FALSE(bucket.take(now, 100));
  now += 100 * turns; // it does not save up
  for (int i = 0; i < 100; ++i)
    REQUIRE(bucket.take(now, 100));
  CHECK_FALSE(bucket.take(now, 100));
}

TEST_CASE("a bucket of less than one per turn still gives one, and one without a limit always") {
  token_bucket slow;
  CHECK(slow.take(7, 1));
  CHECK_FALSE(slow.take(7, 1));
  CHECK(slow.take(8, 1));
  token_bucket open;
  for (int i = 0; i < 1000; ++i)
    REQUIRE(open.take(0, 0));
}

TEST_CASE("an IPv6 client is counted by its network, and IPv4 in IPv6 is IPv4") {
  CHECK(counted_address(address("192.0.2.7")) == "192.0.2.7");
  CHECK(counted_address(address("::ffff:192.0.2.7")) == "192.0.2.7");
  CHECK(counted_address(address("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::/64");
  CHECK(counted_address(address("::1")) == "::1");
}

TEST_CASE("a set of networks knows its members") {
  address_set set;
  CHECK(set.empty());
  REQUIRE(set.add("10.0.0.0/8"));
  REQUIRE(set.add("192.0.2.4"));
  REQUIRE(set.add("2001:db8::/33"));
  CHECK(set.contains(address("10.255.0.1")));
  CHECK(set.contains(address("::ffff:10.1.2.3")));
  CHECK_FALSE(set.contains(address("11.0.0.1")));
  CHECK(set.contains(address("192.0.2.4")));
  CHECK_FALSE(set.contains(address("192.0.2.5")));
  CHECK(set.contains(address("2001:db8:7fff::1")));
  CHECK_FALSE(set.contains(address("2001:db8:8000::1")));
  for (const auto* wrong : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "host", "1.2.3", "::/129", "10.0.0.0/-1"})
    CHECK_FALSE(set.add(wrong));
  REQUIRE(set.add("0.0.0.0/0"));
  CHECK(set.contains(address("11.0.0.1")));
  CHECK_FALSE(set.contains(address("2001:db9::1")));
}

} // namespace btpay
