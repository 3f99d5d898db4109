#include "projections/pending_view.hpp"

#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay::testing {
namespace {

using nlohmann::json;

json pending(const history& made, const view_policy& policy = by_calendar()) {
  return json::parse(folded<pending_view>(made.events(), policy, when("2026-02-04T12:00:00Z")));
}

TEST_CASE("a pending payment is told with all that helps to categorise it") {
  history made;
  auto t = waiting(payment("2026-02-04T03:35:27.250500Z", "-12.30 EUR", "pay Fornetti"));
  t.bank = bank_status::pending;
  const auto id = made.import(t);
  auto expected = json::parse(R"([{"merchant":"Fornetti","amount":12.3,"currency":"EUR",
    "date":"2026-02-04T03:35:27.250500Z","category_guess":"food","description":"pay Fornetti"}])");
  expected[0]["id"] = id;
  CHECK(pending(made, like_moneymanager()) == expected);
  expected[0]["bank_status"] = "pending";
  CHECK(pending(made) == expected);
}

TEST_CASE("the newest twenty are shown, of equal dates the first imported first") {
  history made;
  std::vector<std::uint64_t> expected;
  for (int i = 0; i < 15; ++i)
    expected.push_back(made.import(waiting(payment("2026-02-04T12:00:00Z", "-1 RON"))));
  for (int i = 0; i < 15; ++i)
    made.import(waiting(payment("2026-02-03T12:00:00Z", "-1 RON")));
  expected.insert(expected.begin(), made.import(waiting(payment("2036-02-04T12:00:00Z", "-1 RON"))));
  const auto told = pending(made);
  REQUIRE(told.size() == 20);
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(told[i]["id"] == expected[i]);
}

TEST_CASE("of a moment of the past nothing that is dated later waits") {
  history made;
  const auto now = made.import(waiting(payment("2026-02-04T12:00:00Z", "-1 RON")));
  made.import(waiting(payment("2026-02-04T12:00:00.000001Z", "-2 RON")));
  CHECK(pending(made).size() == 2);
  const auto then = pending(made, until_now());
  REQUIRE(then.size() == 1);
  CHECK(then[0]["id"] == now);
}

TEST_CASE("a guess is the source's category before the rules', and null where neither knows") {
  history made;
  auto t = waiting(payment("2026-02-04T12:00:00Z", "-1 RON", "pay Fornetti"));
  t.category = "bakery";
  made.import(t);
  made.import(waiting(payment("2026-02-04T11:00:00Z", "-1 RON", "pay Lidl")));
  CHECK(pending(made)[0]["category_guess"] == "bakery");
  CHECK(pending(made)[1]["category_guess"] == nullptr);
}

TEST_CASE("a refund is negative, and in the preset without sign") {
  history made;
  made.import(waiting(payment("2026-02-04T12:00:00Z", "5 RON")));
  CHECK(pending(made)[0]["amount"] == -5.0);
  CHECK(pending(made, like_moneymanager())[0]["amount"] == 5.0);
}

TEST_CASE("only counted payments wait, until they are categorised or removed") {
  history made;
  made.import(waiting(payment("2026-02-04T12:00:00Z", "-1 RON", "not counted")));
  made.import(payment("2026-02-04T12:00:00Z", "-1 RON"));
  CHECK(pending(made).empty());
  const auto id = made.import(waiting(payment("2026-02-04T12:00:00Z", "-1 RON", "pay \"Lidl\"")));
  const auto told = pending(made);
  made.categorize(id, "food");
  CHECK(pending(made).empty());
  made.uncategorize(id);
  CHECK(pending(made) == told);
  made.correct(id, waiting(payment("2026-02-04T12:00:00Z", "-2 RON", "pay Tarom")));
  CHECK(pending(made)[0]["description"] == "pay Tarom");
  made.remove(id);
  CHECK(pending(made).empty());
}

TEST_CASE("a payment older than the twenty shown changes the totals alone") {
  history made;
  pending_view view(by_calendar());
  for (int i = 0; i < 20; ++i) {
    made.import(waiting(payment("2026-02-04T12:00:00Z", "-1 RON")));
    CHECK(view.apply(made.events().back()));
  }
  const auto shown = rendered(view);
  made.import(waiting(payment("2026-02-03T12:00:00Z", "-1 RON")));
  CHECK(view.apply(made.events().back()));
  CHECK(rendered(view) == shown);
  std::string totals;
  view.render_totals(totals);
  CHECK(totals == R"("count":21,"amount":21.00)");
  CHECK(view.next_change() == end_of_time);
}

} // namespace
} // namespace btpay::testing
