#include "transport/admin_client.hpp"

#include "tests/support/temp_dir.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;
using namespace std::chrono_literals;

TEST_CASE("a tool's request reaches the running service and its reply comes back") {
  temp_dir dir;
  service_options options;
  options.admin_socket = dir.path() / "admin.sock";
  test_service service(options);
  const auto reply = call_service(options.admin_socket, "POST", "/echo?x=1", R"({"user":"ana"})", 20s);
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(reply->body == R"({"user":"ana"})");
  const auto request = service.last_request();
  CHECK(request.local_operator);
  CHECK(request.method == http_method::post);
  CHECK(request.query == "x=1");

  const auto missing = call_service(options.admin_socket, "GET", "/nowhere", "", 20s);
  REQUIRE(missing);
  CHECK(missing->status == 404);
}

TEST_CASE("a tool learns that no service runs, whatever it finds in its place") {
  temp_dir dir;
  const auto path = dir.path() / "admin.sock";
  const auto nothing = call_service(path, "GET", "/", "", 20s);
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().not_running);

  const auto too_long = call_service(dir.path() / std::string(200, 'a'), "GET", "/", "", 20s);
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().not_running);
}

TEST_CASE("a service that does not answer in time is a failure of another kind") {
  temp_dir dir;
  service_options options;
  options.admin_socket = dir.path() / "admin.sock";
  test_service service(options);
  const auto reply = call_service(options.admin_socket, "GET", "/never", "", 1ms);
  REQUIRE_FALSE(reply);
  CHECK_FALSE(reply.error().not_running);
}
