#include "actors/admin.hpp"
#include "actors/notification_form.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

namespace {

using namespace testing;
using nlohmann::json;

struct fixture : service_fixture {
  admin_actor admin = own(system.spawn<btpay::admin>(accounts, actors));
  std::shared_ptr<fake_connection> phone = std::make_shared<fake_connection>();
  std::shared_ptr<fake_connection> browser = std::make_shared<fake_connection>();
  std::shared_ptr<fake_connection> stranger = std::make_shared<fake_connection>();

  void connect() {
    open(session_kind::notify, ana, phone);
    open(session_kind::notify, ana, browser);
    open(session_kind::notify, bogdan, stranger);
    run();
  }

  notified post(std::string_view form) { return ask<notified>(admin, *parse_notification(form)); }
};

} // namespace

TEST_CASE_METHOD(fixture, "a notification socket is greeted") {
  connect();
  REQUIRE(phone->sent.size() == 1);
  const auto greeting = json::parse(phone->sent[0].text);
  CHECK(greeting["type"] == "notification");
  CHECK(greeting["message"] == "Connected to notifications");
  CHECK(greeting["level"] == "info");
}

TEST_CASE_METHOD(fixture, "a notification reaches each socket of its user once and nobody else's") {
  connect();
  for (const auto& socket : {phone, browser, stranger})
    socket->sent.clear();
  const auto done =
      post(R"({"user":"ana","message":"Large \"payment\"","level":"warning","amount":12.5,"shop":{"city":"Cluj"}})");
  REQUIRE(done.users);
  CHECK(*done.users == 1);
  CHECK(stranger->sent.empty());
  for (const auto& socket : {phone, browser}) {
    REQUIRE(socket->sent.size() == 1);
    const auto message = json::parse(socket->sent[0].text);
    CHECK(message["type"] == "notification");
    CHECK(message["message"] == "Large \"payment\"");
    CHECK(message["level"] == "warning");
    CHECK(message["amount"] == 12.5);
    CHECK(message["shop"]["city"] == "Cluj");
    CHECK(message["id"] == raw(done.at));
    CHECK(message["timestamp"].is_string());
  }
}

TEST_CASE_METHOD(fixture, "a notification to all reaches every user, and the same key only once") {
  connect();
  const auto all = R"({"all":true,"message":"Maintenance at noon","key":"maintenance-1"})";
  CHECK(*post(all).users == 2);
  CHECK(*post(all).users == 0);
  CHECK(phone->sent.size() == 2);
  CHECK(stranger->sent.size() == 2);
}

TEST_CASE_METHOD(fixture, "an unknown receiver is refused and nobody is notified") {
  connect();
  const auto done = post(R"({"users":["ana","nobody"],"message":"x"})");
  REQUIRE_FALSE(done.users);
  CHECK(done.users.error().code == errc::unknown_user);
  CHECK(phone->sent.size() == 1);
}

TEST_CASE("an order to notify that is not complete or not right is refused with a reason") {
  const auto code = [](std::string_view form) { return parse_notification(form).error().code; };
  CHECK(code("nonsense") == errc::malformed);
  CHECK(code(R"({"message":"x"})") == errc::missing_field);
  CHECK(code(R"({"user":"ana"})") == errc::missing_field);
  CHECK(code(R"({"user":7,"message":"x"})") == errc::wrong_type);
  CHECK(code(R"({"user":"ana","message":"x","level":"loud"})") == errc::invalid_value);
  CHECK(code(R"({"user":"ana","message":"x","amount":"1.005"})") == errc::invalid_amount);
  CHECK(code(R"({"user":"ana","message":"x","amount":1e15})") == errc::invalid_amount);
  CHECK(code(R"({"user":"ana","message":"x","amount":"5","currency":"XXQ"})") == errc::invalid_currency);
}

} // namespace btpay
