#include "projections/json_writer.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <limits>

namespace btpay::testing {
namespace {

using nlohmann::json;

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

std::string decimal(wide minor, int exponent) {
  std::string out;
  json_writer(out).decimal(minor, exponent);
  return out;
}

TEST_CASE("commas stand between values and nowhere else") {
  std::string out = "before ";
  json_writer w(out);
  w.begin_object().key("a").begin_array().number(1).number(2).begin_object().end_object().end_array();
  w.key("b").text("x").key("c").text_or_null("").key("d").begin_array().end_array().end_object();
  CHECK(out == R"(before {"a":[1,2,{}],"b":"x","c":null,"d":[]})");
}

TEST_CASE("quotes, backslashes and control characters are escaped") {
  CHECK(escaped("a\"b\\c\nd\re\tf") == R"(a\"b\\c\nd\re\tf)");
  CHECK(escaped(std::string_view("\0\x1f\x7f", 3)) == "\\u0000\\u001f\x7f");
  CHECK(escaped("Țăran 🍕 &<>/'") == "Țăran 🍕 &<>/'");
}

TEST_CASE("each longest part that is no UTF-8 becomes one replacement character") {
  const std::string fffd = "\xEF\xBF\xBD";
  CHECK(escaped("a\xFFz") == "a" + fffd + "z");
  CHECK(escaped("\xC0\xAF") == fffd + fffd);                       // overlong
  CHECK(escaped("\xED\xA0\x80") == fffd + fffd + fffd);            // a surrogate
  CHECK(escaped("\xF4\x90\x80\x80") == fffd + fffd + fffd + fffd); // above U+10FFFF
  CHECK(escaped("\xF0\x9F\x8D") == fffd);                          // cut off
  CHECK(escaped("\xF0\x9F\x8Dz") == fffd + "z");
  CHECK(escaped("\xC3") == fffd);
  CHECK(escaped("\xF0\x9F\x8D\x95\xC3\xA9") == "🍕é");
}

TEST_CASE("any bytes become a valid JSON string, the same that another library makes") {
  BTPAY_SEEDED(random);
  constexpr std::string_view likely = "a\"\\\n\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8D\x95\xED\xA0\xFF\x80";
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto length = random() % 12; length > 0; --length)
      text += random() % 4 ? likely[random() % likely.size()] : static_cast<char>(random() % 256);
    std::string out;
    json_writer(out).text(text);
    const auto theirs = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    REQUIRE(json::parse(out) == json::parse(theirs));
  }
}

TEST_CASE("amounts have all digits of their currency, however large they are") {
  CHECK(decimal(0, 2) == "0.00");
  CHECK(decimal(0, 0) == "0");
  CHECK(decimal(5, 3) == "0.005");
  CHECK(decimal(-5, 2) == "-0.05");
  CHECK(decimal(123456, 2) == "1234.56");
  CHECK(decimal(-500, 0) == "-500");
  CHECK(decimal(std::numeric_limits<std::int64_t>::min(), 2) == "-92233720368547758.08");
  CHECK(decimal(wide{std::numeric_limits<std::int64_t>::max()} * 1'000'000'000, 4) == "922337203685477580700000.0000");
  const wide greatest = ~(wide{1} << 127);
  CHECK(decimal(greatest, 0) == "170141183460469231731687303715884105727");
  CHECK(decimal(-greatest - 1, 4) == "-17014118346046923173168730371588410.5728");
}

} // namespace
} // namespace btpay::testing
