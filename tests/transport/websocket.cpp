#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;

TEST_CASE("a message reaches the session and its answer comes back") {
  test_service service;
  raw_client client(service.port());
  client.upgrade();
  client.send_text("hello");
  CHECK(client.read_text() == "hello");
}
