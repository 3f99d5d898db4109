#include "projections/category_view.hpp"

#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay::testing {
namespace {

using nlohmann::json;

constexpr auto noon = "2026-02-04T12:00:00Z"; // 14:00 in Bucharest

std::string categories(const history& made, const view_policy& policy = by_calendar()) {
  return folded<category_view>(made.events(), policy, when(noon));
}

TEST_CASE("a category tells of today and of the seven local days that end with it") {
  history made;
  made.import(payment("2026-01-28T21:59:59.999999Z", "-1 RON", "pay Fornetti"));
  made.import(payment("2026-01-28T22:00:00Z", "-20 RON", "pay Fornetti"));
  made.import(payment("2026-02-04T21:59:59.999999Z", "-300 RON", "pay Fornetti"));
  made.import(payment("2026-02-04T22:00:00Z", "-4000 RON", "pay Fornetti"));
  CHECK(json::parse(categories(made)) ==
        json::parse(R"({"food":{"today":{"count":1,"amount":300.0},"week":{"count":2,"amount":320.0}}})"));
}

TEST_CASE("in the preset the week is the last 168 hours, its first instant and the future included") {
  history made;
  made.import(payment("2026-01-28T11:59:59.999999Z", "-1 RON", "pay Fornetti"));
  made.import(payment("2026-01-28T12:00:00Z", "-20 RON", "pay Fornetti"));
  made.import(payment("2027-02-04T21:59:59.999999Z", "-300 RON", "pay Fornetti"));
  CHECK(json::parse(categories(made, like_moneymanager())) ==
        json::parse(R"({"food":{"today":{"count":1,"amount":300.0},"week":{"count":2,"amount":320.0}}})"));
}

TEST_CASE("categories stand by name, and in the preset by their newest payment") {
  history made;
  made.import(payment("2026-02-04T10:00:00Z", "-1 RON", "pay Fornetti"));
  made.import(payment("2026-02-03T10:00:00Z", "-1 RON", "pay Lidl"));
  made.import(payment("2026-02-04T11:00:00Z", "-1 RON", "pay Tarom"));
  const auto names = [](const std::string& text) {
    std::string all;
    const auto told = nlohmann::ordered_json::parse(text);
    for (const auto& [name, cell] : told.items())
      all += name + ";";
    return all;
  };
  CHECK(names(categories(made)) == "food;other;travel;");
  CHECK(names(categories(made, like_moneymanager())) == "travel;food;other;");
}

TEST_CASE("a payment's category is the decided one, else the source's, else the rules', else other") {
  history made;
  auto t = payment(noon, "-1 RON", "pay Fornetti");
  made.import(t);
  t.category = "bakery";
  const auto id = made.import(t);
  made.import(payment(noon, "-2 EUR", "pay Lidl"));
  made.categorize(id, "rent");
  CHECK(json::parse(categories(made)) == json::parse(R"({
    "food":{"today":{"count":1,"amount":1.0},"week":{"count":1,"amount":1.0}},
    "rent":{"today":{"count":1,"amount":1.0},"week":{"count":1,"amount":1.0}},
    "other":{"today":{"count":1,"amount":0.0,"other_amounts":{"EUR":2.0}},
             "week":{"count":1,"amount":0.0,"other_amounts":{"EUR":2.0}}}})"));
}

TEST_CASE("the next change is when the oldest payment leaves its window") {
  category_view view(by_calendar());
  view.advance(when(noon));
  CHECK(view.next_change() == end_of_time);
  history made;
  made.import(payment("2026-02-01T12:00:00Z", "-1 RON"));
  CHECK(view.apply(made.events().back()));
  CHECK(view.next_change() == when("2026-02-07T22:00:00Z"));
  CHECK_FALSE(view.advance(when("2026-02-07T21:59:59.999999Z")));
  CHECK(view.advance(when("2026-02-07T22:00:00Z")));
  CHECK(rendered(view) == "{}");
  made.import(payment("2026-02-09T12:00:00Z", "-1 RON"));
  CHECK_FALSE(view.apply(made.events().back()));
  CHECK(view.next_change() == when("2026-02-08T22:00:00Z"));
}

} // namespace
} // namespace btpay::testing
