#include "projections/stats_view.hpp"

#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay::testing {
namespace {

using nlohmann::json;

json stats(const history& made, const view_policy& policy, std::string_view now) {
  stats_view view(policy);
  for (const auto& e : made.events())
    view.apply(e);
  std::string out;
  view.render(out, when(now));
  return json::parse(out);
}

TEST_CASE("stats of nothing are zeros and no merchant") {
  const auto empty = json::parse(R"({"today":{"transactions":0,"amount":0.0,"categories":0},
    "this_month":{"transactions":0,"amount":0.0,"categories":0},
    "last_30_days":{"transactions":0,"amount":0.0,"top_merchant":null,"top_merchant_spending":0.0}})");
  CHECK(stats({}, by_calendar(), "2026-02-04T12:00:00Z") == empty);
  CHECK(stats({}, like_moneymanager(), "2026-02-04T12:00:00Z") == empty);
}

TEST_CASE("in the preset this month slides: as many times 24 hours as days of it have begun in UTC") {
  history made;
  made.import(payment("2026-01-31T12:00:00Z", "-1 RON"));
  made.import(payment("2026-01-31T11:59:59.999999Z", "-20 RON", "pay Fornetti"));
  made.import(payment("2026-02-04T00:00:00Z", "-300 RON", "pay Fornetti"));
  const auto told = stats(made, like_moneymanager(), "2026-02-04T12:00:00Z");
  CHECK(told["today"] == json::parse(R"({"transactions":1,"amount":300.0,"categories":1})"));
  CHECK(told["this_month"] == json::parse(R"({"transactions":2,"amount":301.0,"categories":2})"));
  CHECK(told["last_30_days"] == json::parse(R"({"transactions":3,"amount":321.0,"top_merchant":"Fornetti",
    "top_merchant_spending":320.0})"));
  CHECK(stats(made, like_moneymanager(), "2026-02-01T12:00:00Z")["this_month"]["transactions"] == 2);
}

TEST_CASE("by calendar this month is the local month") {
  history made;
  made.import(payment("2026-01-31T21:59:59Z", "-1 RON"));
  made.import(payment("2026-01-31T22:00:00Z", "-20 RON"));
  made.import(payment("2026-02-20T12:00:00Z", "-7 EUR"));
  const auto told = stats(made, by_calendar(), "2026-02-04T12:00:00Z");
  CHECK(told["this_month"] ==
        json::parse(R"({"transactions":2,"amount":20.0,"other_amounts":{"EUR":7.0},"categories":1})"));
  CHECK(told["last_30_days"]["transactions"] == 2);
}

} // namespace
} // namespace btpay::testing
