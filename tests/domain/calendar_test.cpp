#include "domain/calendar.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>
#include <date/tz.h>

#include <limits>
#include <string>
#include <vector>

using namespace btpay;
using namespace std::chrono_literals;

namespace {

instant at(std::string_view text) {
  const auto when = parse_rfc3339(text);
  INFO(text);
  REQUIRE(when);
  return *when;
}

calendar of(std::string_view zone) {
  auto made = calendar::of_zone(zone);
  INFO(zone);
  REQUIRE(made);
  return *made;
}

/// The names of all zones of this machine.
const std::vector<std::string>& all_zones() {
  static const auto names = [] {
    std::vector<std::string> made;
    for (const auto& zone : date::get_tzdb().zones)
      made.push_back(zone.name());
    return made;
  }();
  return names;
}

/// Half of them within three days of a change of the zone's offset, since nothing else is interesting.
instant random_instant(testing::rng& random, const date::time_zone& zone) {
  std::uniform_int_distribution<std::int64_t> any(at("1973-01-01T00:00:00Z").time_since_epoch().count(),
                                                  at("2040-01-01T00:00:00Z").time_since_epoch().count());
  std::uniform_int_distribution<std::int64_t> near(duration{-72h}.count(), duration{72h}.count());
  const instant t{duration{any(random)}};
  const auto change = zone.get_info(t).end;
  if (random() % 2 == 0 || change > date::sys_days{date::year{2100} / 1 / 1})
    return t;
  return instant{change.time_since_epoch()} + duration{near(random)};
}

/// The first minute of the local day of `t`, by walking over the minutes before it.
instant day_start_by_walking(const date::time_zone& zone, instant t) {
  const auto date_at = [&zone](instant u) { return date::floor<date::days>(zone.to_local(u)); };
  const auto first = date::floor<std::chrono::minutes>(t) - 80h;
  auto day = date_at(first);
  auto start = instant{first};
  for (instant u = first; u <= t; u += 1min)
    if (date_at(u) > day) {
      day = date_at(u);
      start = u;
    }
  return start;
}

} // namespace

TEST_CASE("a calendar is UTC unless a zone is named") {
  const calendar utc;
  CHECK(utc.zone() == "UTC");
  CHECK(utc.day_start(at("2026-02-04T14:35:27Z")) == at("2026-02-04T00:00:00Z"));
  CHECK(utc.day_start(at("1969-12-31T23:59:59.999999Z")) == at("1969-12-31T00:00:00Z"));
  CHECK(utc.month_start(at("2026-02-04T14:35:27Z")) == at("2026-02-01T00:00:00Z"));
  CHECK(utc.hour_start(at("2026-02-04T14:35:27Z")) == at("2026-02-04T14:00:00Z"));
  CHECK(utc.hour_of_day(at("2026-02-04T14:35:27Z")) == 14);
}

TEST_CASE("a zone that does not exist is refused as an invalid value") {
  for (const auto* name :
       {"", "Europe", "europe/bucharest", "Europe/Bucuresti", "../../etc/passwd", "Europe/Bucharest "}) {
    const auto made = calendar::of_zone(name);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::invalid_value);
  }
}

TEST_CASE("a day in Bucharest begins at its own midnight") {
  const auto bucharest = of("Europe/Bucharest");
  CHECK(bucharest.zone() == "Europe/Bucharest");
  CHECK(bucharest.day_start(at("2026-02-04T14:35:27Z")) == at("2026-02-03T22:00:00Z"));
  CHECK(bucharest.day_start(at("2026-02-03T22:00:00Z")) == at("2026-02-03T22:00:00Z"));
  CHECK(bucharest.day_start(at("2026-02-03T21:59:59.999999Z")) == at("2026-02-02T22:00:00Z"));
  CHECK(bucharest.day_start_plus(at("2026-02-04T14:35:27Z"), -6) == at("2026-01-28T22:00:00Z"));
  CHECK(bucharest.hour_of_day(at("2026-02-04T14:35:27Z")) == 16);
  CHECK(bucharest.hour_of_day(at("2026-07-04T14:35:27Z")) == 17);
}

TEST_CASE("the days on which summer time begins and ends have 23 and 25 hours") {
  const auto bucharest = of("Europe/Bucharest");
  const auto spring = at("2026-03-29T12:00:00Z");
  CHECK(bucharest.day_start_plus(spring, 1) - bucharest.day_start(spring) == 23h);
  const auto autumn = at("2026-10-25T12:00:00Z");
  CHECK(bucharest.day_start_plus(autumn, 1) - bucharest.day_start(autumn) == 25h);
  CHECK(bucharest.day_start_plus(autumn, 7) - bucharest.day_start(autumn) == 7 * 24h + 1h);
}

TEST_CASE("a month begins at local midnight, across a change of the clocks too") {
  const auto bucharest = of("Europe/Bucharest");
  CHECK(bucharest.month_start(at("2026-03-31T20:59:59Z")) == at("2026-02-28T22:00:00Z"));
  CHECK(bucharest.next_month_start(at("2026-03-31T20:59:59Z")) == at("2026-03-31T21:00:00Z"));
  CHECK(bucharest.month_start(at("2026-03-31T21:00:00Z")) == at("2026-03-31T21:00:00Z"));
  CHECK(bucharest.next_month_start(at("2025-12-31T21:59:59Z")) == at("2025-12-31T22:00:00Z"));
  CHECK(bucharest.next_month_start(at("2025-12-31T22:00:00Z")) == at("2026-01-31T22:00:00Z"));
}

TEST_CASE("the clock hour that is skipped does not exist, and the one that is repeated is two") {
  const auto bucharest = of("Europe/Bucharest");
  const auto before_spring = at("2026-03-29T00:30:00Z");
  CHECK(bucharest.hour_of_day(before_spring) == 2);
  CHECK(bucharest.next_hour_start(before_spring) == at("2026-03-29T01:00:00Z"));
  CHECK(bucharest.hour_of_day(at("2026-03-29T01:00:00Z")) == 4);

  const auto first_three = at("2026-10-25T00:30:00Z");
  const auto second_three = at("2026-10-25T01:30:00Z");
  CHECK(bucharest.hour_of_day(first_three) == 3);
  CHECK(bucharest.hour_of_day(second_three) == 3);
  CHECK(bucharest.hour_start(first_three) == at("2026-10-25T00:00:00Z"));
  CHECK(bucharest.hour_start(second_three) == at("2026-10-25T01:00:00Z"));
  CHECK(bucharest.next_hour_start(second_three) == at("2026-10-25T02:00:00Z"));
}

TEST_CASE("hours begin where the wall clock shows :00, with offsets of half and quarter hours too") {
  CHECK(of("Asia/Kolkata").hour_start(at("2026-02-04T14:35:27Z")) == at("2026-02-04T14:30:00Z"));
  CHECK(of("Asia/Kolkata").hour_of_day(at("2026-02-04T14:35:27Z")) == 20);
  CHECK(of("Asia/Kolkata").day_start(at("2026-02-04T18:30:00Z")) == at("2026-02-04T18:30:00Z"));
  CHECK(of("Asia/Kathmandu").hour_start(at("2026-02-04T14:10:00Z")) == at("2026-02-04T13:15:00Z"));
}

TEST_CASE("a change of the clocks by half an hour cuts an hour short") {
  const auto lord_howe = of("Australia/Lord_Howe");
  // 2026-10-04 02:00 becomes 02:30.
  const auto change = at("2026-10-03T15:30:00Z");
  CHECK(lord_howe.next_hour_start(change - 1us) == change);
  CHECK(lord_howe.hour_start(change) == change);
  CHECK(lord_howe.hour_of_day(change) == 2);
  CHECK(lord_howe.next_hour_start(change) == change + 30min);
  CHECK(lord_howe.day_start_plus(change, 1) - lord_howe.day_start(change) == 23h + 30min);
  // 2026-04-05 02:00 becomes 01:30, so half of the hour 1 comes twice.
  const auto back = at("2026-04-04T15:00:00Z");
  CHECK(lord_howe.hour_of_day(back) == 1);
  CHECK(lord_howe.hour_start(back + 10min) == back);
  CHECK(lord_howe.next_hour_start(back) == back + 30min);
}

TEST_CASE("a day without midnight begins at its first instant") {
  // 2018-11-04 00:00 became 01:00.
  const auto sao_paulo = of("America/Sao_Paulo");
  const auto first = at("2018-11-04T03:00:00Z");
  CHECK(sao_paulo.day_start(first + 12h) == first);
  CHECK(sao_paulo.hour_of_day(first) == 1);
  CHECK(sao_paulo.day_start(first - 1us) == at("2018-11-03T03:00:00Z"));
  CHECK(sao_paulo.day_start_plus(first, 1) - first == 23h);
  // 2018-02-18 00:00 became 23:00 of the day before, which so had 25 hours.
  const auto long_day = at("2018-02-17T12:00:00Z");
  CHECK(sao_paulo.day_start_plus(long_day, 1) - sao_paulo.day_start(long_day) == 25h);
  CHECK(sao_paulo.day_start(at("2018-02-18T02:59:59Z")) == sao_paulo.day_start(long_day));

  CHECK(of("Asia/Beirut").day_start(at("2022-03-27T12:00:00Z")) == at("2022-03-26T22:00:00Z"));
  CHECK(of("Asia/Beirut").hour_of_day(at("2022-03-26T22:00:00Z")) == 1);
}

TEST_CASE("a day that has begun goes on when the clocks are set back over its midnight") {
  // 2010-11-07 00:01 became 23:01 of the day before.
  const auto st_johns = of("America/St_Johns");
  const auto midnight = at("2010-11-07T02:30:00Z");
  CHECK(st_johns.day_start(midnight) == midnight);
  CHECK(st_johns.day_start(midnight + 30min) == midnight);
  CHECK(st_johns.hour_of_day(midnight + 30min) == 23);
  CHECK(st_johns.day_start(midnight + 12h) == midnight);
}

TEST_CASE("a date that a zone left out has no length") {
  // Samoa went from 2011-12-29 to 2011-12-31.
  const auto apia = of("Pacific/Apia");
  const auto last = at("2011-12-30T09:59:59Z");
  CHECK(apia.day_start_plus(last, 1) == at("2011-12-30T10:00:00Z"));
  CHECK(apia.day_start_plus(last, 2) == apia.day_start_plus(last, 1));
  CHECK(apia.day_start_plus(last, 3) == at("2011-12-31T10:00:00Z"));
}

TEST_CASE("in every zone a day begins where walking over the minutes finds its begin") {
  BTPAY_SEEDED(random);
  for (const auto& name : all_zones()) {
    const auto zone = of(name);
    const auto& oracle = *date::locate_zone(name);
    const auto t = random_instant(random, oracle);
    INFO(name << " at " << to_rfc3339(t));
    REQUIRE(zone.day_start(t) == day_start_by_walking(oracle, t));
  }
}

TEST_CASE("in every zone days, months and hours hold their instants and follow each other") {
  BTPAY_SEEDED(random);
  for (const auto& name : all_zones()) {
    const auto zone = of(name);
    const auto& oracle = *date::locate_zone(name);
    for (auto i = 0; i < 30; ++i) {
      const auto t = random_instant(random, oracle);
      INFO(name << " at " << to_rfc3339(t));

      const auto day = zone.day_start(t);
      const auto next_day = zone.day_start_plus(t, 1);
      REQUIRE((day <= t && t < next_day));
      REQUIRE(zone.day_start(day) == day);
      REQUIRE(zone.day_start(next_day) == next_day);
      REQUIRE(zone.day_start(next_day - 1us) == day);
      const auto week_before = zone.day_start_plus(t, -7);
      REQUIRE(zone.day_start(week_before) == week_before);
      REQUIRE((day - week_before > 5 * 24h && day - week_before < 9 * 24h));

      const auto month = zone.month_start(t);
      const auto next_month = zone.next_month_start(t);
      REQUIRE((month <= day && next_day <= next_month));
      REQUIRE(zone.month_start(month) == month);
      REQUIRE(zone.month_start(next_month - 1us) == month);
      REQUIRE(zone.day_start(month) == month);

      const auto hour = zone.hour_start(t);
      const auto next_hour = zone.next_hour_start(t);
      REQUIRE((hour <= t && t < next_hour));
      REQUIRE(next_hour - hour <= 1h);
      REQUIRE(zone.hour_start(hour) == hour);
      REQUIRE(zone.hour_start(next_hour) == next_hour);
      REQUIRE(zone.hour_start(next_hour - 1us) == hour);
      REQUIRE(zone.hour_of_day(hour) == zone.hour_of_day(next_hour - 1us));
      const auto local = oracle.to_local(t);
      REQUIRE(zone.hour_of_day(t) == (local - date::floor<date::days>(local)) / 1h);
    }
  }
}

TEST_CASE("no instant and no number of days is too far for a calendar") {
  for (const auto* name : {"UTC", "Europe/Bucharest", "America/St_Johns"}) {
    const auto zone = of(name);
    for (const auto t : {instant::min(), instant::max(), at("0000-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z")}) {
      CHECK(zone.day_start(t) <= zone.day_start_plus(t, 1));
      CHECK(zone.day_start_plus(t, std::numeric_limits<int>::min()) <= zone.day_start(t));
      CHECK(zone.day_start_plus(t, std::numeric_limits<int>::max()) >= zone.day_start(t));
      CHECK(zone.month_start(t) < zone.next_month_start(t));
      CHECK(zone.hour_start(t) < zone.next_hour_start(t));
      CHECK(zone.hour_of_day(t) >= 0);
    }
  }
}
