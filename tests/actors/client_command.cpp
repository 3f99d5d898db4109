#include "actors/client_command.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace btpay {

TEST_CASE("every command of level 1 is understood") {
  CHECK(parse_client_command(R"({"command":"ping"})") == client_command::ping);
  CHECK(parse_client_command(R"({"command":"request_data"})") == client_command::request_data);
  CHECK(parse_client_command(R"({"command":"request_pending"})") == client_command::request_pending);
  CHECK(parse_client_command(R"({"command":"request_hourly"})") == client_command::request_hourly);
  CHECK(parse_client_command(R"({"command":"request_categories"})") == client_command::request_categories);
  CHECK(parse_client_command(R"( { "id": 7, "command" : "auto_categorize" } )") == client_command::auto_categorize);
}

TEST_CASE("what is no command is told apart") {
  const auto code = [](std::string_view text) { return parse_client_command(text).error().code; };
  CHECK(code("") == errc::malformed);
  CHECK(code("{") == errc::malformed);
  CHECK(code("\xff\xfe") == errc::malformed);
  CHECK(code("[]") == errc::wrong_type);
  CHECK(code("\"ping\"") == errc::wrong_type);
  CHECK(code("{}") == errc::missing_field);
  CHECK(code(R"({"a":{"command":"ping"}})") == errc::missing_field);
  CHECK(code(R"({"command":7})") == errc::wrong_type);
  CHECK(code(R"({"command":["ping"]})") == errc::wrong_type);
  CHECK(code(R"({"command":null})") == errc::wrong_type);
  CHECK(code(R"({"command":"fly"})") == errc::unknown_command);
  CHECK(code(R"({"command":"ping","command":1})") == errc::wrong_type);
}

TEST_CASE("deep nesting is read without harm") {
  const std::string deep(60'000, '[');
  CHECK_FALSE(parse_client_command(deep).has_value());
  CHECK_FALSE(parse_client_command(R"({"command":)" + deep).has_value());
}

TEST_CASE("any bytes give a command or a reason") {
  BTPAY_SEEDED(random);
  const std::string good = R"({"command":"request_data","x":[1,2.5,{"y":null}]})";
  for (int i = 0; i < 20'000; ++i) {
    auto text = good;
    for (auto flips = random() % 4; flips > 0; --flips)
      text[random() % text.size()] = static_cast<char>(random());
    const auto parsed = parse_client_command(text);
    if (!parsed)
      CHECK_FALSE(parsed.error().message.empty());
  }
}

} // namespace btpay
