#include "domain/time.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <ctime>
#include <string>

using namespace btpay;
using namespace std::chrono_literals;

namespace {

std::int64_t microseconds_of(std::string_view text) {
  const auto when = parse_rfc3339(text);
  REQUIRE(when);
  return when->time_since_epoch().count();
}

/// What the C library writes for the same second.
std::string written_by_libc(std::int64_t seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  REQUIRE(gmtime_r(&when, &parts));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

} // namespace

TEST_CASE("an instant is written in UTC, with a fraction only where there is one") {
  CHECK(to_rfc3339(instant{}) == "1970-01-01T00:00:00Z");
  CHECK(to_rfc3339(instant{1us}) == "1970-01-01T00:00:00.000001Z");
  CHECK(to_rfc3339(instant{-1us}) == "1969-12-31T23:59:59.999999Z");
  CHECK(to_rfc3339(*parse_rfc3339("2026-02-04T14:35:27.250500+00:00")) == "2026-02-04T14:35:27.250500Z");
}

TEST_CASE("an instant outside the years of RFC 3339 is written as the nearest one inside") {
  CHECK(to_rfc3339(end_of_time) == "9999-12-31T23:59:59.999999Z");
  CHECK(to_rfc3339(instant::min()) == "0000-01-01T00:00:00Z");
}

TEST_CASE("every offset, separator and length of fraction of RFC 3339 is read") {
  const auto noon = microseconds_of("2026-02-04T12:00:00Z");
  CHECK(microseconds_of("2026-02-04t12:00:00z") == noon);
  CHECK(microseconds_of("2026-02-04 14:00:00+02:00") == noon);
  CHECK(microseconds_of("2026-02-04T03:30:00-08:30") == noon);
  CHECK(microseconds_of("2026-02-05T11:59:00+23:59") == noon);
  CHECK(microseconds_of("2026-02-04T12:00:00-00:00") == noon);
  CHECK(microseconds_of("2026-02-04T12:00:00.5Z") == noon + 500'000);
  CHECK(microseconds_of("2026-02-04T12:00:00.000001Z") == noon + 1);
  CHECK(microseconds_of("2026-02-04T12:00:00.123456999Z") == noon + 123'456);
  CHECK(microseconds_of("0000-01-01T00:00:00Z") == -62'167'219'200'000'000);
  CHECK(microseconds_of("9999-12-31T23:59:59Z") == 253'402'300'799'000'000);
}

TEST_CASE("a leap second is the second after it, and exists only at the end of a UTC day") {
  CHECK(microseconds_of("2016-12-31T23:59:60Z") == microseconds_of("2017-01-01T00:00:00Z"));
  CHECK(microseconds_of("2016-12-31T15:59:60.5-08:00") == microseconds_of("2017-01-01T00:00:00.5Z"));
  CHECK_FALSE(parse_rfc3339("2016-12-31T23:58:60Z"));
  CHECK_FALSE(parse_rfc3339("2016-12-31T23:59:60+02:00"));
}

TEST_CASE("what is not RFC 3339 is refused as an invalid date") {
  const auto* text =
      GENERATE("", "2026", "2026-02-04", "2026-02-04T12:00:00", "2026-02-04T12:00Z", "2026-02-04T12:00:00+0200",
               "2026-02-04T12:00:00+02", "2026-02-04T12:00:00+24:00", "2026-02-04T12:00:00+02:60",
               "2026-02-30T12:00:00Z", "2025-02-29T12:00:00Z", "2026-00-04T12:00:00Z", "2026-13-04T12:00:00Z",
               "2026-02-00T12:00:00Z", "2026-02-04T24:00:00Z", "2026-02-04T12:60:00Z", "2026-02-04T12:00:61Z",
               "2026-02-04T12:00:00.Z", "2026-02-04T12:00:00.1234567890Z", "2026-02-04T12:00:00Z ",
               " 2026-02-04T12:00:00Z", "2026-2-4T12:00:00Z", "+2026-02-04T12:00:00Z", "2026-02-04X12:00:00Z",
               "2026-02-04T12:00:00ZZ", "-026-02-04T12:00:00Z", "2026-02-04T12:00:00,5Z", "2026-02-04T1\xd9\xa2:00:00Z",
               "20260204T120000Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01");
  const auto when = parse_rfc3339(text);
  INFO(text);
  REQUIRE_FALSE(when);
  CHECK(when.error().code == errc::invalid_date);
}

TEST_CASE("whatever instant is written is read as the same instant, and as the C library writes it") {
  BTPAY_SEEDED(random);
  std::uniform_int_distribution<std::int64_t> any(-62'167'219'200'000'000, 253'402'300'799'999'999);
  std::uniform_int_distribution<int> keeps_fraction(0, 1);
  for (auto i = 0; i < 50'000; ++i) {
    auto count = any(random);
    if (keeps_fraction(random) == 0)
      count -= ((count % 1'000'000) + 1'000'000) % 1'000'000;
    const instant when{duration{count}};
    const auto text = to_rfc3339(when);
    REQUIRE(text.size() <= rfc3339_bytes_max);
    REQUIRE(parse_rfc3339(text) == when);
    REQUIRE(text.substr(0, 19) ==
            written_by_libc(std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count()));
  }
}

TEST_CASE("no text whatever makes the reader of dates fail") {
  BTPAY_SEEDED(random);
  const std::string good = "2026-02-04T12:34:56.789012+02:00";
  std::uniform_int_distribution<int> byte(0, 255);
  for (auto i = 0; i < 50'000; ++i) {
    auto text = good;
    for (auto changes = random() % 3 + 1; changes > 0; --changes)
      text[random() % text.size()] = static_cast<char>(byte(random));
    text.resize(random() % (good.size() + 1));
    const auto when = parse_rfc3339(text);
    REQUIRE((when || when.error().code == errc::invalid_date));
  }
}

TEST_CASE("the machine's clock moves on") {
  const machine_clock clock;
  const auto before = clock.now();
  CHECK(clock.now() >= before);
  CHECK(before > *parse_rfc3339("2024-01-01T00:00:00Z"));
}
