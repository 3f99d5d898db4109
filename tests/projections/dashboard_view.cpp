#include "projections/dashboard_view.hpp"

#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay::testing {
namespace {

using nlohmann::json;

constexpr auto noon = "2026-02-04T12:00:00Z"; // 14:00 in Bucharest

json dashboard(const history& made, const view_policy& policy = by_calendar(), std::string_view now = noon) {
  return json::parse(folded<dashboard_view>(made.events(), policy, when(now)));
}

TEST_CASE("a user without transactions has a dashboard of zeros") {
  const auto empty = json::parse(R"({"pending_count":0,"pending_amount":0.0,"today_transactions":0,"today_amount":0.0,
    "month_transactions":0,"month_amount":0.0,"month_merchants":0,"top_merchants":[],"recent_transactions":[]})");
  CHECK(dashboard({}, like_moneymanager()) == empty);
  auto with_currency = empty;
  with_currency["currency"] = "RON";
  CHECK(dashboard({}) == with_currency);
  CHECK(json::parse(rendered(dashboard_view(by_calendar()))) == with_currency);
}

TEST_CASE("today is the local day, wholly, and nothing of tomorrow") {
  history made;
  made.import(payment("2026-02-03T21:59:59.999999Z", "-1 RON"));
  made.import(payment("2026-02-03T22:00:00Z", "-20 RON"));
  made.import(payment("2026-02-04T21:59:59.999999Z", "-300 RON"));
  made.import(payment("2026-02-04T22:00:00Z", "-4000 RON"));
  CHECK(dashboard(made)["today_transactions"] == 2);
  CHECK(dashboard(made)["today_amount"] == 320.0);
}

TEST_CASE("in the preset today is the last 24 hours, its first instant and the future included") {
  history made;
  made.import(payment("2026-02-03T11:59:59.999999Z", "-1 RON"));
  made.import(payment("2026-02-03T12:00:00Z", "-20 RON"));
  made.import(payment("2027-01-01T00:00:00Z", "-300 RON"));
  CHECK(dashboard(made, like_moneymanager())["today_transactions"] == 2);
  CHECK(dashboard(made, like_moneymanager())["today_amount"] == 320.0);
}

TEST_CASE("the month is the local month, wholly") {
  history made;
  made.import(payment("2026-01-31T21:59:59.999999Z", "-1 RON"));
  made.import(payment("2026-01-31T22:00:00Z", "-20 RON"));
  made.import(payment("2026-02-28T21:59:59.999999Z", "-300 RON"));
  made.import(payment("2026-02-28T22:00:00Z", "-4000 RON"));
  CHECK(dashboard(made)["month_transactions"] == 2);
  CHECK(dashboard(made)["month_amount"] == 320.0);
}

TEST_CASE("windows follow the user's zone and totals the home currency as soon as they are known") {
  history made;
  made.import(payment("2026-02-04T23:00:00Z", "-7 EUR"));
  made.import(payment("2026-02-04T12:00:00Z", "-5 RON"));
  CHECK(dashboard(made)["today_amount"] == 5.0);
  made.open("America/New_York", "EUR");
  const auto there = dashboard(made);
  CHECK(there["today_amount"] == 7.0);
  CHECK(there["today_other_amounts"] == json{{"RON", 5.0}});
  CHECK(there["currency"] == "EUR");
  made.open("No/Where", "EUR");
  CHECK(dashboard(made) == there);
}

TEST_CASE("a refund lowers a sum, and counts") {
  history made;
  made.import(payment(noon, "-100 RON"));
  made.import(payment(noon, "30.50 RON"));
  CHECK(dashboard(made)["today_amount"] == 69.5);
  CHECK(dashboard(made)["today_transactions"] == 2);
  CHECK(dashboard(made)["recent_transactions"][1]["amount"] == -30.5);
  CHECK(dashboard(made, like_moneymanager())["today_amount"] == 130.5);
}

TEST_CASE("currencies stand beside the home currency, and in the preset are added up") {
  history made;
  made.import(payment(noon, "-1.50 RON"));
  made.import(payment(noon, "-2.25 EUR"));
  made.import(payment(noon, "-300 JPY", "pay Tarom"));
  made.import(payment(noon, "-4.125 KWD", "pay Tarom"));
  made.import(waiting(payment(noon, "-9 USD")));
  const auto told = dashboard(made);
  CHECK(told["today_amount"] == 1.5);
  CHECK(told["today_other_amounts"] == json{{"EUR", 2.25}, {"JPY", 300}, {"KWD", 4.125}});
  CHECK(told["month_other_amounts"] == told["today_other_amounts"]);
  CHECK(told["pending_amount"] == 0.0);
  CHECK(told["pending_other_amounts"] == json{{"USD", 9.0}});
  CHECK(told["top_merchants"] == json::parse(R"([{"name":"Lidl","amount":1.5,"other_amounts":{"EUR":2.25},"count":2},
    {"name":"Tarom","amount":0.0,"other_amounts":{"JPY":300,"KWD":4.125},"count":2}])"));
  const auto combined = dashboard(made, like_moneymanager());
  CHECK(combined["today_amount"] == 307.875);
  CHECK_FALSE(combined.contains("today_other_amounts"));
  CHECK(combined["top_merchants"][0] == json{{"name", "Tarom"}, {"amount", 304.125}, {"count", 2}});
}

TEST_CASE("all merchants of the month are counted, and the five greatest told; equal ones by name") {
  history made;
  for (const auto* name : {"Lidl", "Ana", "Zara", "Ikea", "Dedeman", "Mega"})
    made.import(payment(noon, "-10 RON", std::string("pay ") + name));
  made.import(payment(noon, "-1 RON", "pay Zara"));
  made.import(payment(noon, "-5 RON", "pay "));
  const auto told = dashboard(made);
  CHECK(told["month_merchants"] == 7);
  std::vector<std::string> names;
  for (const auto& each : told["top_merchants"])
    names.push_back(each["name"]);
  CHECK(names == std::vector<std::string>{"Zara", "Ana", "Dedeman", "Ikea", "Lidl"});
}

TEST_CASE("in the preset merchants are cut to ten before they are counted, and the newest of equal ones is first") {
  history made;
  for (int i = 0; i < 12; ++i)
    made.import(
        payment("2026-02-0" + std::to_string(1 + i / 4) + "T00:00:00Z", "-10 RON", "pay M" + std::to_string(i)));
  const auto told = dashboard(made, like_moneymanager());
  CHECK(told["month_merchants"] == 10);
  std::vector<std::string> names;
  for (const auto& each : told["top_merchants"])
    names.push_back(each["name"]);
  CHECK(names == std::vector<std::string>{"M8", "M9", "M10", "M11", "M4"});
}

TEST_CASE("a merchant without a name is Unknown, together with one of that name") {
  history made;
  made.import(payment(noon, "-10 RON", "pay "));
  made.import(payment(noon, "-10 RON", "pay Unknown"));
  CHECK(dashboard(made)["top_merchants"] == json::parse(R"([{"name":"Unknown","amount":20.0,"count":2}])"));
  CHECK(dashboard(made)["recent_transactions"][0]["merchant"] == "");
}

TEST_CASE("the latest payments are the ten newest synced ones of seven days, counted or not") {
  history made;
  made.import(payment("2026-01-28T21:59:59Z", "-1 RON", "too old for the calendar"));
  made.import(payment("2026-01-28T22:00:00Z", "-1 RON", "not counted"));
  made.import(payment("2026-02-04T22:00:00Z", "-1 RON", "tomorrow"));
  made.import(waiting(payment(noon, "-1 RON", "pay Pending")));
  const auto merchants = [](const json& told) {
    std::string all;
    for (const auto& each : told["recent_transactions"])
      all += each["merchant"].get<std::string>() + ";";
    return all;
  };
  CHECK(merchants(dashboard(made)) == "not counted;");
  CHECK(merchants(dashboard(made, like_moneymanager())) == "tomorrow;not counted;too old for the calendar;");
  for (int i = 0; i < 11; ++i)
    made.import(payment(noon, "-1 RON", "same " + std::to_string(i)));
  CHECK(merchants(dashboard(made)) == "same 0;same 1;same 2;same 3;same 4;same 5;same 6;same 7;same 8;same 9;");
}

TEST_CASE("a latest payment tells its category, the decided one first, and null where there is none") {
  history made;
  made.import(payment("2026-02-04T12:00:03Z", "-1 RON", "pay Fornetti"));
  auto brought = payment("2026-02-04T12:00:02Z", "-1 RON", "pay Fornetti");
  brought.category = "bakery";
  made.import(brought);
  const auto id = made.import(waiting(payment("2026-02-04T12:00:01Z", "-1 RON", "pay Fornetti")));
  made.categorize(id, "breakfast");
  made.import(payment("2026-02-04T12:00:00Z", "-1 RON", "pay Lidl"));
  std::vector<json> categories;
  const auto told = dashboard(made);
  for (const auto& each : told["recent_transactions"])
    categories.push_back(each["category"]);
  CHECK(categories == std::vector<json>{"food", "bakery", "breakfast", nullptr});
}

TEST_CASE("pending payments are counted whenever they were") {
  history made;
  made.import(waiting(payment("2010-01-01T00:00:00Z", "-1 RON")));
  made.import(waiting(payment("2040-01-01T00:00:00Z", "-2 RON")));
  made.import(waiting(payment(noon, "-4 RON", "not counted")));
  CHECK(dashboard(made)["pending_count"] == 2);
  CHECK(dashboard(made)["pending_amount"] == 3.0);
}

TEST_CASE("what is duplicated or ignored is nowhere") {
  history made;
  for (const auto status : {transaction_status::duplicated, transaction_status::ignored}) {
    auto t = payment(noon, "-1 RON");
    t.status = status;
    made.import(t);
  }
  CHECK(dashboard(made) == dashboard({}));
}

TEST_CASE("a correction keeps what the user decided, and else takes the source's status") {
  history made;
  const auto decided = made.import(waiting(payment(noon, "-1 RON", "pay Lidl")));
  made.categorize(decided, "rent");
  made.correct(decided, waiting(payment(noon, "-8 RON", "pay Fornetti")));
  auto told = dashboard(made);
  CHECK(told["pending_count"] == 0);
  CHECK(told["today_amount"] == 8.0);
  CHECK(told["recent_transactions"][0]["category"] == "rent");
  CHECK(told["recent_transactions"][0]["merchant"] == "Fornetti");

  const auto undecided = made.import(payment(noon, "-2 RON"));
  made.correct(undecided, waiting(payment(noon, "-3 RON")));
  told = dashboard(made);
  CHECK(told["pending_amount"] == 3.0);
  CHECK(told["today_amount"] == 8.0);
}

TEST_CASE("what is removed is gone, and what is uncategorised is pending again") {
  history made;
  const auto id = made.import(waiting(payment(noon, "-1 RON")));
  const auto imported = dashboard(made);
  made.categorize(id, "food");
  CHECK(dashboard(made)["today_transactions"] == 1);
  made.uncategorize(id);
  CHECK(dashboard(made) == imported);
  made.remove(id);
  CHECK(dashboard(made) == dashboard({}));
  made.categorize(id, "food");
  made.uncategorize(id);
  CHECK(dashboard(made) == dashboard({}));
}

TEST_CASE("what the source itself calls synced has no category that could be taken back") {
  history made;
  const auto id = made.import(payment(noon, "-1 RON"));
  const auto imported = dashboard(made);
  made.uncategorize(id);
  CHECK(dashboard(made) == imported);
}

TEST_CASE("sums of the greatest amounts are exact") {
  history made;
  auto t = payment(noon, "-1 RON");
  t.amount.minor = std::numeric_limits<std::int64_t>::min();
  for (int i = 0; i < 1000; ++i)
    made.import(t);
  const auto text = folded<dashboard_view>(made.events(), by_calendar(), when(noon));
  CHECK(text.find("\"today_amount\":92233720368547758080.00,") != std::string::npos);
}

TEST_CASE("an event that changes nothing of the dashboard is told to change nothing") {
  dashboard_view view(by_calendar());
  view.advance(when(noon));
  history made;
  made.open("Europe/Bucharest", "RON");
  made.import(payment("2020-01-01T00:00:00Z", "-1 RON"));
  made.add(notification_posted{"hello", notification_level::info, std::nullopt, "", ""});
  made.remove(4711);
  for (const auto& e : made.events())
    CHECK_FALSE(view.apply(e));
  made.import(payment(noon, "-1 RON"));
  CHECK(view.apply(made.events().back()));
}

} // namespace
} // namespace btpay::testing
