#include "projections/hourly_view.hpp"

#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay::testing {
namespace {

using nlohmann::json;

json hourly(const history& made, std::string_view now, const view_policy& policy = by_calendar()) {
  return json::parse(folded<hourly_view>(made.events(), policy, when(now)));
}

TEST_CASE("the last hour is the clock hour of now, wholly, and 23 stand before it") {
  history made;
  made.import(payment("2026-02-03T12:59:59.999999Z", "-1 RON"));
  made.import(payment("2026-02-03T13:00:00Z", "-20 RON"));
  made.import(payment("2026-02-04T12:59:59.999999Z", "-300 RON"));
  made.import(payment("2026-02-04T13:00:00Z", "-4000 RON"));
  const auto told = hourly(made, "2026-02-04T12:10:00Z");
  REQUIRE(told.size() == 24);
  CHECK(told[0] == json::parse(R"({"hour":15,"timestamp":"2026-02-03T13:00:00Z","count":1,"amount":20.0})"));
  CHECK(told[1] == json::parse(R"({"hour":16,"timestamp":"2026-02-03T14:00:00Z","count":0,"amount":0.0})"));
  CHECK(told[23] == json::parse(R"({"hour":14,"timestamp":"2026-02-04T12:00:00Z","count":1,"amount":300.0})"));
}

TEST_CASE("in the preset the hours end at now, which is left out, and show the UTC hour") {
  history made;
  made.import(payment("2026-02-03T12:10:00.000004Z", "-1 RON"));
  made.import(payment("2026-02-03T12:10:00.000005Z", "-20 RON"));
  made.import(payment("2026-02-04T12:10:00.000004Z", "-300 RON"));
  made.import(payment("2026-02-04T12:10:00.000005Z", "-4000 RON"));
  const auto told = hourly(made, "2026-02-04T12:10:00.000005Z", like_moneymanager());
  REQUIRE(told.size() == 24);
  CHECK(told[0] == json::parse(R"({"hour":12,"timestamp":"2026-02-03T12:10:00.000005Z","count":1,"amount":20.0})"));
  CHECK(told[23] == json::parse(R"({"hour":11,"timestamp":"2026-02-04T11:10:00.000005Z","count":1,"amount":300.0})"));
}

TEST_CASE("the hour that summer time leaves out is not shown, and the one it repeats is shown twice") {
  const auto clock_of = [](const json& told) {
    std::vector<int> hours;
    for (const auto& cell : told)
      hours.push_back(cell["hour"]);
    return hours;
  };
  const auto spring = clock_of(hourly({}, "2026-03-29T03:30:00Z")); // 06:30, three hours after 02:59
  CHECK(std::vector(spring.end() - 5, spring.end()) == std::vector{1, 2, 4, 5, 6});

  history made;
  made.import(payment("2026-10-25T00:30:00Z", "-1 RON")); // 03:30, summer
  made.import(payment("2026-10-25T01:30:00Z", "-2 RON")); // 03:30, winter
  const auto autumn = hourly(made, "2026-10-25T02:30:00Z");
  CHECK(autumn[21] == json::parse(R"({"hour":3,"timestamp":"2026-10-25T00:00:00Z","count":1,"amount":1.0})"));
  CHECK(autumn[22] == json::parse(R"({"hour":3,"timestamp":"2026-10-25T01:00:00Z","count":1,"amount":2.0})"));
  CHECK(autumn[23]["hour"] == 4);
}

TEST_CASE("the clock hours change when the next one begins") {
  hourly_view view(by_calendar());
  CHECK(view.advance(when("2026-02-04T12:10:00Z")));
  CHECK(view.next_change() == when("2026-02-04T13:00:00Z"));
  CHECK_FALSE(view.advance(when("2026-02-04T12:59:59.999999Z")));
  CHECK(view.advance(when("2026-02-04T13:00:00Z")));
}

TEST_CASE("in the preset a row changes its hour one microsecond after it is whole hours old") {
  hourly_view view(like_moneymanager());
  view.advance(when("2026-02-04T12:00:00Z"));
  CHECK(view.next_change() == end_of_time);
  history made;
  made.import(payment("2026-02-04T11:30:00Z", "-1 RON"));
  view.apply(made.events().back());
  CHECK(view.next_change() == when("2026-02-04T12:30:00.000001Z"));
  made.import(payment("2026-02-04T12:00:00Z", "-1 RON"));
  CHECK_FALSE(view.apply(made.events().back()));
  CHECK(view.next_change() == when("2026-02-04T12:00:00.000001Z"));
}

} // namespace
} // namespace btpay::testing
