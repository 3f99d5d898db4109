#include "projections/explanation.hpp"

#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

namespace {

using namespace testing;
using nlohmann::json;

const instant now = when("2026-02-04T12:30:00Z");

struct asked_book {
  explicit asked_book(const history& made, const view_policy& policy = by_calendar()) : policy(policy), all(policy) {
    for (const auto& e : made.events())
      all.apply(e);
  }

  result<std::string> text(explain_selection asked) const { return explain(all, policy, asked, now); }

  json ask(view_kind view, std::string field, std::size_t limit = 100, std::uint64_t after = 0) const {
    const auto members = text({view, std::move(field), limit, transaction_id{after}});
    REQUIRE(members);
    return json::parse("{" + *members + "}");
  }

  std::string refused(view_kind view, std::string field) const {
    const auto members = text({.view = view, .field = std::move(field)});
    REQUIRE_FALSE(members);
    CHECK(members.error().code == errc::unknown_item);
    return members.error().message;
  }

  view_policy policy;
  book all;
};

std::vector<std::uint64_t> ids(const json& answer) {
  std::vector<std::uint64_t> all;
  for (const auto& each : answer["transactions"])
    all.push_back(each["id"]);
  return all;
}

} // namespace

TEST_CASE("an amount is told with the payments in the home currency, newest first, and their sum") {
  history made;
  const auto first = made.import(payment("2026-02-04T08:00:00Z", "-12.30 RON"));
  const auto second = made.import(payment("2026-02-04T09:00:00Z", "2.30 RON", "pay Fornetti"));
  const auto abroad = made.import(payment("2026-02-04T10:00:00Z", "-5.00 EUR"));
  made.import(payment("2026-02-03T10:00:00Z", "-7.00 RON"));
  made.import(waiting(payment("2026-02-04T11:00:00Z", "-9.00 RON")));
  const asked_book book(made);

  const auto today = book.ask(view_kind::dashboard, "today_amount");
  CHECK(today["value"] == 10.00);
  CHECK(today["currency"] == "RON");
  CHECK(today["count"] == 2);
  CHECK(today["amounts"] == json{{"RON", 10.00}});
  CHECK(ids(today) == std::vector{second, first});
  CHECK(today["next"].is_null());
  CHECK(today["transactions"][0] == json{{"id", second},
                                         {"date", "2026-02-04T09:00:00Z"},
                                         {"merchant", "Fornetti"},
                                         {"amount", -2.30},
                                         {"currency", "RON"},
                                         {"category", "food"},
                                         {"description", "pay Fornetti"}});

  const auto count = book.ask(view_kind::dashboard, "today_transactions");
  CHECK(count["value"] == 3);
  CHECK(count["amounts"] == json{{"EUR", 5.00}, {"RON", 10.00}});
  CHECK_FALSE(count.contains("currency"));
  CHECK(ids(book.ask(view_kind::dashboard, "today_other_amounts.EUR")) == std::vector{abroad});
}

TEST_CASE("a long list comes in pages, and its count and sum are of all") {
  history made;
  std::vector<std::uint64_t> wanted;
  for (int i = 0; i < 25; ++i)
    wanted.push_back(made.import(payment("2026-02-04T08:00:00Z", "-1.00 RON")));
  const asked_book book(made);
  std::vector<std::uint64_t> met;
  std::uint64_t after = 0;
  for (int page = 0; page < 3; ++page) {
    const auto answer = book.ask(view_kind::dashboard, "month_amount", 10, after);
    CHECK(answer["value"] == 25.00);
    CHECK(answer["count"] == 25);
    for (const auto id : ids(answer))
      met.push_back(id);
    CHECK(answer["next"].is_null() == (page == 2));
    if (page < 2)
      after = answer["next"];
  }
  CHECK(met == wanted); // of equal dates the oldest import first
  CHECK(ids(book.ask(view_kind::dashboard, "month_amount", 0)).empty());
}

TEST_CASE("a page ends where it would be too long for an outbox") {
  history made;
  for (int i = 0; i < 300; ++i)
    made.import(payment("2026-02-04T08:00:00Z", "-1.00 RON", "pay " + std::string(1'000, 'x')));
  const auto members = asked_book(made).text({.view = view_kind::dashboard, .field = "month_amount", .limit = 500});
  REQUIRE(members);
  CHECK(members->size() < explained_bytes_max + 4'096);
  CHECK(json::parse("{" + *members + "}")["count"] == 300);
}

TEST_CASE("names may hold dots, and a whole name goes before an end of it") {
  history made;
  const auto plain = made.import(payment("2026-02-04T08:00:00Z", "-1.00 RON", "pay A"));
  const auto odd = made.import(payment("2026-02-04T09:00:00Z", "-2.00 RON", "pay A.count"));
  auto dotted = payment("2026-02-04T10:00:00Z", "-4.00 RON", "pay B");
  dotted.category = "x.today";
  const auto named = made.import(dotted);
  const asked_book book(made);
  CHECK(ids(book.ask(view_kind::dashboard, "top_merchants.A.count")) == std::vector{odd});
  CHECK(book.ask(view_kind::dashboard, "top_merchants.A.count")["value"] == 2.00);
  CHECK(book.ask(view_kind::dashboard, "top_merchants.A.count.count")["value"] == 1);
  CHECK(ids(book.ask(view_kind::dashboard, "top_merchants.A.amount")) == std::vector{plain});
  CHECK(ids(book.ask(view_kind::categories, "x.today.week")) == std::vector{named});
  CHECK(ids(book.ask(view_kind::categories, "x.today.today.count")) == std::vector{named});
}

TEST_CASE("an hour is found by its index and by its timestamp") {
  history made;
  const auto id = made.import(payment("2026-02-04T12:10:00Z", "-1.00 RON"));
  const asked_book book(made);
  CHECK(ids(book.ask(view_kind::hourly, "23")) == std::vector{id});
  CHECK(ids(book.ask(view_kind::hourly, "2026-02-04T12:00:00Z")) == std::vector{id});
  CHECK(book.ask(view_kind::hourly, "2026-02-04T12:00:00Z.count")["value"] == 1);
  CHECK(book.ask(view_kind::hourly, "0")["count"] == 0);
}

TEST_CASE("a field that is not there is refused with those that are") {
  history made;
  made.import(payment("2026-02-04T08:00:00Z", "-1.00 RON", "pay Fornetti"));
  const asked_book book(made);
  CHECK_THAT(book.refused(view_kind::dashboard, "fortune"), Catch::Contains("month_merchants"));
  CHECK_THAT(book.refused(view_kind::dashboard, "top_merchants.Nobody"), Catch::Contains("top_merchants.NAME"));
  CHECK_THAT(book.refused(view_kind::dashboard, "today_other_amounts.EUR"), Catch::Contains("today_amount"));
  book.refused(view_kind::dashboard, "today_other_amounts.RON");
  book.refused(view_kind::dashboard, "recent_transactions.1");
  CHECK_THAT(book.refused(view_kind::pending, "20"), Catch::Contains("count, amount"));
  for (const std::string field : {"24", "-1", "", "1x", "2026-02-04T12:00:01Z", "1.other_amounts.EUR"})
    CHECK_THAT(book.refused(view_kind::hourly, field), Catch::Contains("0 to 23"));
  CHECK_THAT(book.refused(view_kind::categories, "food"), Catch::EndsWith("for the names food"));
  CHECK_THAT(book.refused(view_kind::categories, "rent.week"), Catch::EndsWith("for the names food"));
}

TEST_CASE("in the preset currencies are added up, and merchants are those after its cut") {
  history made;
  made.import(payment("2026-02-04T08:00:00Z", "-1.50 RON"));
  made.import(payment("2026-02-04T09:00:00Z", "2 JPY"));
  for (int i = 0; i < 11; ++i)
    made.import(payment("2026-02-04T07:00:00Z", "-9.00 RON", "pay M" + std::to_string(i)));
  const asked_book book(made, like_moneymanager());
  const auto today = book.ask(view_kind::dashboard, "today_amount");
  CHECK(today["value"] == 102.50);
  CHECK_FALSE(today.contains("currency"));
  CHECK(today["amounts"] == json{{"JPY", 2}, {"RON", 100.50}});
  const auto merchants = book.ask(view_kind::dashboard, "month_merchants");
  CHECK(merchants["value"] == 10);
  CHECK(merchants["count"] == 10);
}

} // namespace btpay
