#include "projections/book.hpp"

#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay::testing {
namespace {

using nlohmann::json;

constexpr std::string_view now = "2026-02-04T12:00:00Z";

book kept(const history& made, const view_policy& policy) {
  book all(policy);
  for (const auto& e : made.events())
    all.apply(e);
  return all;
}

json listed(const history& made, const book_selection& wanted, const view_policy& policy = by_calendar()) {
  std::string out;
  kept(made, policy).render_transactions(out, wanted, when(now));
  return json::parse(out);
}

std::vector<std::uint64_t> ids(const json& page) {
  std::vector<std::uint64_t> all;
  for (const auto& row : page.at("transactions"))
    all.push_back(row.at("id"));
  return all;
}

json review(const history& made) {
  std::string out;
  kept(made, by_calendar()).render_review(out);
  return json::parse(out);
}

} // namespace

TEST_CASE("a list has whatever is of its time, newest first, of equal dates the oldest import first") {
  history made;
  const auto first = made.import(payment("2026-02-04T11:00:00Z", "-1.00 RON"));
  const auto too_old = made.import(payment("2026-02-04T10:59:59.999999Z", "-2.00 RON"));
  const auto same = made.import(waiting(payment("2026-02-04T11:00:00Z", "3.00 EUR", "salary")));
  const auto future = made.import(payment("2027-01-01T00:00:00Z", "-4.00 RON"));
  const auto gone = made.import(payment("2026-02-04T11:30:00Z", "-5.00 RON"));
  made.remove(gone);
  const auto page = listed(made, {});
  CHECK(ids(page) == std::vector{future, first, same});
  CHECK(page["count"] == 3);
  CHECK(page["next"].is_null());
  CHECK(page["transactions"][2] == json({{"id", same},
                                         {"date", "2026-02-04T11:00:00Z"},
                                         {"merchant", "salary"},
                                         {"amount", 3.0},
                                         {"currency", "EUR"},
                                         {"category", nullptr},
                                         {"description", "salary"},
                                         {"status", "pending"},
                                         {"bank_status", "booked"}}));
  CHECK(ids(listed(made, {.minutes = 61})) == std::vector{future, first, same, too_old});
  CHECK(ids(listed(made, {.minutes = -60})) == std::vector{future});
}

TEST_CASE("in the preset a category is told of counted rows alone, and days are 24 hours") {
  history made;
  auto named = payment("2026-02-03T12:00:00Z", "-1.00 RON", "rent");
  named.category = "home";
  const auto uncounted = made.import(named);
  const auto counted = made.import(payment("2026-02-03T12:00:00Z", "-1.00 RON", "pay Fornetti"));
  made.import(payment("2026-02-03T11:59:59Z", "-1.00 RON"));
  const auto page = listed(made, {.days = 1}, like_moneymanager());
  CHECK(ids(page) == std::vector{uncounted, counted});
  CHECK(page["transactions"][0]["category"].is_null());
  CHECK(page["transactions"][1]["category"] == "food");
  CHECK(page["transactions"][1]["amount"] == -1.0);
}

TEST_CASE("days are the user's own days") {
  history made;
  made.open("Europe/Bucharest", "RON");
  made.import(payment("2026-02-03T21:59:59Z", "-1.00 RON"));
  const auto today = made.import(payment("2026-02-03T22:00:00Z", "-1.00 RON"));
  CHECK(ids(listed(made, {.days = 1})) == std::vector{today});
}

TEST_CASE("pages follow each other without a gap or a repetition") {
  history made;
  std::vector<std::uint64_t> all;
  for (int i = 0; i < 23; ++i)
    all.push_back(made.import(payment(i < 11 ? "2026-02-04T11:40:00Z" : "2026-02-04T11:30:00Z", "-1.00 RON")));
  std::vector<std::uint64_t> seen;
  book_selection wanted{.limit = 5};
  for (bool more = true; more;) {
    const auto page = listed(made, wanted);
    for (const auto id : ids(page))
      seen.push_back(id);
    more = !page["next"].is_null();
    if (more)
      wanted.after = transaction_id{page["next"].get<std::uint64_t>()};
  }
  CHECK(seen == all);
  CHECK(ids(listed(made, {.limit = 0})).empty());
}

TEST_CASE("a list can be of one merchant or one category") {
  history made;
  const auto food = made.import(payment("2026-02-04T11:40:00Z", "-1.00 RON", "pay Fornetti"));
  const auto none = made.import(payment("2026-02-04T11:30:00Z", "-1.00 RON", "pay Lidl"));
  CHECK(ids(listed(made, {.category = "food"})) == std::vector{food});
  CHECK(ids(listed(made, {.category = ""})) == std::vector{none});
  CHECK(ids(listed(made, {.merchant = "Lidl"})) == std::vector{none});
  CHECK(ids(listed(made, {.category = "food", .merchant = "Lidl"})).empty());
  made.categorize(none, "food");
  CHECK(ids(listed(made, {.category = "food"})) == std::vector{food, none});
}

TEST_CASE("a question is on the review list until it is decided") {
  history made;
  const auto one = made.import(waiting(payment("2026-02-01T10:00:00Z", "-5.00 RON")));
  const auto two = made.import(waiting(payment("2026-02-01T11:00:00Z", "-5.00 RON")));
  const auto booked = made.import(payment("2026-02-02T10:00:00Z", "-5.00 RON"));
  CHECK(review(made) == json::array());
  made.add(match_questioned{transaction_id{booked}, {transaction_id{one}, transaction_id{two}}});
  REQUIRE(review(made).size() == 1);
  CHECK(review(made)[0]["booked"]["id"] == booked);
  CHECK(review(made)[0]["candidates"].size() == 2);
  made.remove(one);
  CHECK(review(made)[0]["candidates"].size() == 1);
  auto declined = made;
  declined.add(match_declined{transaction_id{booked}});
  CHECK(review(declined) == json::array());
  made.add(transaction_matched{transaction_id{booked}, transaction_id{two}, transaction_matched::author::user});
  CHECK(review(made) == json::array());
}

} // namespace btpay::testing
