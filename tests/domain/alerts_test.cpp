#include "domain/calendar.hpp"
#include "tests/domain/stream.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

using strings = std::vector<std::string>;

money ron(std::int64_t minor) { return {minor, {}}; }
money eur(std::int64_t minor) { return {minor, *currency::parse("EUR")}; }

instant at(const char* text) { return *parse_rfc3339(text); }

/// A payment, of food by the rules.
transaction paid(std::string id, std::int64_t minor, const char* when = "2026-02-10T12:00:00Z",
                 std::string description = "BT Pay - KFC") {
  auto made = payment(std::move(id), std::move(description));
  made.amount.minor = -minor;
  made.date = at(when);
  return made;
}

stream with(alerts_set wanted, decision_policy policy = default_policy()) {
  stream made(std::move(policy));
  made.append(fallback_profile);
  made.append(std::move(wanted));
  return made;
}

alerts_set large(money from) {
  alerts_set made;
  made.large_from = from;
  return made;
}

alerts_set budgets(std::vector<budget> all) {
  alerts_set made;
  made.budgets = std::move(all);
  return made;
}

alerts_set food(std::int64_t minor) { return budgets({{"food", ron(minor)}}); }

alerts_set merchants() {
  alerts_set made;
  made.new_merchant = true;
  return made;
}

std::vector<notification_posted> posted(const decision& made) {
  std::vector<notification_posted> all;
  for (const auto& each : made.events)
    if (const auto* what = std::get_if<notification_posted>(&each))
      all.push_back(*what);
  return all;
}

strings keys(const decision& made) {
  strings all;
  for (const auto& each : posted(made))
    all.push_back(each.key);
  return all;
}

/// The keys that an import posts.
strings told(stream& user, std::vector<transaction> rows, std::vector<transaction_key> withdrawn = {}) {
  return keys(user.run(import_transactions{std::move(rows), std::move(withdrawn)}));
}

const std::string food_in_february = "budget:food:RON:2026-02";

} // namespace

TEST_CASE("who wants to be told of nothing is told of nothing") {
  auto user = with({});
  CHECK(told(user, {paid("1", 1'000'000'000)}).empty());
}

TEST_CASE("a large payment is told from its amount on, in its currency only") {
  auto user = with(large(ron(125'000)));
  CHECK(told(user, {paid("1", 124'999)}).empty());
  const auto made = user.run(import_transactions{{paid("2", 125'000)}});
  REQUIRE(posted(made).size() == 1);
  notification_posted expected;
  expected.message = "Payment of 1,250.00 RON at KFC";
  expected.amount = ron(125'000);
  expected.key = "large:bank:2";
  CHECK(posted(made).front() == expected);
  CHECK(std::holds_alternative<notification_posted>(made.events.back()));

  auto foreign = paid("3", 900'000);
  foreign.amount.unit = *currency::parse("EUR");
  auto refund = paid("4", -900'000);
  CHECK(told(user, {foreign, refund}).empty());
}

TEST_CASE("amounts are written with all their digits and parted thousands") {
  auto user = with(large(ron(1)));
  const auto made = user.run(import_transactions{
      {paid("1", 99'999), paid("2", 123'456'789), paid("3", 5), paid("4", std::numeric_limits<std::int64_t>::max())}});
  REQUIRE(posted(made).size() == 4);
  CHECK(posted(made)[0].message == "Payment of 999.99 RON at KFC");
  CHECK(posted(made)[1].message == "Payment of 1,234,567.89 RON at KFC");
  CHECK(posted(made)[2].message == "Payment of 0.05 RON at KFC");
  CHECK(posted(made)[3].message == "Payment of 92,233,720,368,547,758.07 RON at KFC");

  auto yen = with(large({1, *currency::parse("JPY")}));
  auto row = paid("1", 1'000);
  row.amount.unit = *currency::parse("JPY");
  CHECK(posted(yen.run(import_transactions{{row}})).front().message == "Payment of 1,000 JPY at KFC");
}

TEST_CASE("a large payment is told once, and a correction only when the payment grew to it") {
  auto user = with(large(ron(1'000)));
  CHECK(told(user, {paid("1", 1'000), paid("2", 999)}) == strings{"large:bank:1"});
  CHECK(told(user, {paid("1", 1'000)}).empty());
  CHECK(told(user, {paid("1", 2'000), paid("2", 1'000)}) == strings{"large:bank:2"});
  CHECK(told(user, {paid("2", 1)}).empty());
  CHECK(told(user, {paid("2", 5'000)}).empty());
}

TEST_CASE("what was large before the user asked is no news when it is corrected") {
  auto user = with({});
  told(user, {paid("1", 1'000)});
  user.run(set_alerts{large(ron(500))});
  CHECK(told(user, {paid("1", 1'001)}).empty());
}

TEST_CASE("what is not counted is not told") {
  alerts_set all = food(100);
  all.large_from = ron(100);
  all.new_merchant = true;
  auto user = with(all);
  auto ignored = paid("1", 1'000);
  ignored.status = transaction_status::ignored;
  auto duplicated = paid("2", 1'000);
  duplicated.status = transaction_status::duplicated;
  auto income = paid("3", -1'000, "2026-02-10T12:00:00Z", "salary");
  CHECK(told(user, {ignored, duplicated, income}).empty());
  CHECK(told(user, {paid("4", 1'000)}, {{"bank", "4"}}).empty());
}

TEST_CASE("a budget is told past its limit, once in a month") {
  auto user = with(food(10'000));
  CHECK(told(user, {paid("1", 9'999)}).empty());
  CHECK(told(user, {paid("2", 1)}).empty());
  const auto made = user.run(import_transactions{{paid("3", 1)}});
  REQUIRE(posted(made).size() == 1);
  notification_posted expected;
  expected.message = "Payments for food in 2026-02 come to 100.01 RON, over the budget of 100.00 RON";
  expected.level = notification_level::warning;
  expected.amount = ron(10'001);
  expected.key = food_in_february;
  CHECK(posted(made).front() == expected);
  CHECK(told(user, {paid("4", 1)}).empty());
  CHECK(told(user, {paid("5", 20'000, "2026-03-10T12:00:00Z")}) == strings{"budget:food:RON:2026-03"});
  CHECK(told(user, {paid("6", 10'001, "2025-12-10T12:00:00Z")}) == strings{"budget:food:RON:2025-12"});
}

TEST_CASE("rows of one import are seen together") {
  auto user = with(food(10'000));
  CHECK(told(user, {paid("1", 6'000), paid("2", 6'000), paid("3", 6'000)}) == strings{food_in_february});
  auto other = with(food(10'000));
  CHECK(told(other, {paid("1", 12'000), paid("2", -2'000)}).empty()); // A refund goes off.
  CHECK(told(other, {paid("3", 1)}) == strings{food_in_february});
}

TEST_CASE("a correction can bring a budget over its limit, and out of it and back tells nothing twice") {
  auto user = with(food(10'000));
  CHECK(told(user, {paid("1", 10'000)}).empty());
  CHECK(told(user, {paid("1", 10'001)}) == strings{food_in_february});
  CHECK(told(user, {paid("1", 1)}).empty());
  CHECK(told(user, {paid("1", 20'000)}).empty());
}

TEST_CASE("a correction takes a payment from one month and category to another") {
  auto user = with(budgets({{"food", ron(1'000)}, {"health", ron(1'000)}}));
  CHECK(told(user, {paid("1", 900), paid("2", 900, "2026-03-10T12:00:00Z")}).empty());
  CHECK(told(user, {paid("1", 900, "2026-03-11T12:00:00Z")}) == strings{"budget:food:RON:2026-03"});
  CHECK(told(user, {paid("3", 900)}).empty()); // February is empty again.
  auto health = paid("3", 1'100);
  health.category = "health";
  CHECK(told(user, {health}) == strings{"budget:health:RON:2026-02"});
}

TEST_CASE("budgets of other currencies and categories are apart") {
  auto user = with(budgets({{"food", ron(1'000)}, {"food", eur(1'000)}, {"health", ron(1'000)}}));
  auto euros = paid("2", 800);
  euros.amount.unit = *currency::parse("EUR");
  CHECK(told(user, {paid("1", 800), euros, paid("3", 800, "2026-02-10T12:00:00Z", "BT Pay - Catena")}).empty());
  euros.external_id = "4";
  CHECK(told(user, {euros}) == strings{"budget:food:EUR:2026-02"});
}

TEST_CASE("months are those of the user's zone, also when summer time begins in it") {
  auto user = with(food(1'000));
  // Bucharest is two hours ahead in winter and three from 29 March on.
  CHECK(told(user, {paid("1", 1'000, "2026-02-28T21:59:59Z")}).empty());
  CHECK(told(user, {paid("2", 1, "2026-02-28T22:00:00Z")}).empty());
  CHECK(told(user, {paid("3", 1'000, "2026-03-31T20:59:59Z")}) == strings{"budget:food:RON:2026-03"});
  CHECK(told(user, {paid("4", 1'000, "2026-03-31T21:00:00Z")}).empty());
  CHECK(told(user, {paid("5", 1, "2026-04-30T20:59:59Z")}) == strings{"budget:food:RON:2026-04"});
  CHECK(told(user, {paid("6", 1, "2026-01-31T22:00:00Z")}) == strings{food_in_february});
  CHECK(told(user, {paid("7", 1'001, "2026-10-31T21:59:59Z")}) == strings{"budget:food:RON:2026-10"});
  CHECK(told(user, {paid("8", 1'001, "2026-12-31T22:00:00Z")}) == strings{"budget:food:RON:2027-01"});
}

TEST_CASE("another zone cuts the months anew") {
  auto user = with(food(1'000));
  CHECK(told(user, {paid("1", 600, "2026-02-28T22:30:00Z"), paid("2", 300)}).empty());
  user.run(open_user{{"ana", "UTC", {}}});
  CHECK(told(user, {paid("3", 101)}) == strings{food_in_february});
}

TEST_CASE("what was paid before a budget was set is part of its month") {
  auto user = with({});
  told(user, {paid("1", 900)});
  user.run(set_alerts{food(1'000)});
  CHECK(told(user, {paid("2", 101)}) == strings{food_in_february});
}

TEST_CASE("a budget that is exceeded otherwise is told with the next payment that adds to it") {
  auto user = with(food(1'000));
  told(user, {paid("1", 900), paid("2", 50)});
  user.run(set_alerts{food(500)});
  CHECK(told(user, {paid("2", 40)}).empty());
  CHECK(told(user, {paid("3", 900, "2026-02-10T12:00:00Z", "BT Pay - Catena")}).empty());
  CHECK(told(user, {paid("4", 1)}) == strings{food_in_february});
}

TEST_CASE("a budget of nothing is exceeded by the first payment") {
  auto user = with(food(0));
  CHECK(told(user, {paid("1", 0)}).empty());
  CHECK(told(user, {paid("2", 1)}) == strings{food_in_february});
}

TEST_CASE("a sum past 64 bits is still exact") {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  auto user = with(food(most));
  CHECK(told(user, {paid("1", most)}).empty());
  const auto made = user.run(import_transactions{{paid("2", most)}});
  REQUIRE(posted(made).size() == 1);
  CHECK(posted(made).front().message ==
        "Payments for food in 2026-02 are over the budget of 92,233,720,368,547,758.07 RON");
  CHECK_FALSE(posted(made).front().amount);
}

TEST_CASE("what the user decides about a payment is what the budgets count") {
  auto user = with(budgets({{"food", ron(1'000)}, {"gifts", ron(1'000)}}));
  told(user, {paid("1", 900), paid("2", 900, "2026-03-10T12:00:00Z"), paid("3", 900, "2026-04-10T12:00:00Z")});
  user.run(categorize{transaction_id{3}, "gifts"});
  user.run(remove_transaction{transaction_id{4}});
  CHECK(told(user, {paid("4", 900)}).empty());
  CHECK(told(user, {paid("5", 900, "2026-03-10T12:00:00Z")}).empty());
  auto gift = paid("6", 101);
  gift.category = "gifts";
  CHECK(told(user, {gift}) == strings{"budget:gifts:RON:2026-02"});
  user.run(uncategorize{transaction_id{3}});
  user.run(restore_transaction{transaction_id{4}});
  CHECK(told(user, {paid("7", 1), paid("8", 1, "2026-03-10T12:00:00Z")}) ==
        strings{food_in_february, "budget:food:RON:2026-03"});
}

TEST_CASE("the user's rule holds for what waits, but not for what came settled before it") {
  auto settled = paid("1", 600);
  settled.status = transaction_status::synced;
  auto user = with(budgets({{"gifts", ron(1'000)}}));
  told(user, {settled, paid("2", 600)});
  user.append(merchant_remembered{"kfc", "gifts"});
  CHECK(told(user, {paid("3", 400)}).empty()); // The settled one is food.
  CHECK(told(user, {paid("4", 1)}) == strings{"budget:gifts:RON:2026-02"});

  user.append(merchant_forgotten{"kfc"});
  CHECK(told(user, {paid("5", 5'000, "2026-03-10T12:00:00Z")}).empty());
  user.append(merchant_remembered{"kfc", "gifts"});
  settled.date = at("2026-05-10T12:00:00Z"); // Told again, so the rule holds.
  settled.amount.minor = -1'001;
  CHECK(told(user, {settled}) == strings{"budget:gifts:RON:2026-05"});
}

TEST_CASE("the first payment to a merchant is told, whatever its spelling") {
  auto user = with(merchants());
  const auto made = user.run(import_transactions{{paid("1", 1'230)}});
  REQUIRE(posted(made).size() == 1);
  CHECK(posted(made).front().key == "merchant:kfc");
  CHECK(posted(made).front().message == "First payment at KFC: 12.30 RON");
  CHECK(posted(made).front().level == notification_level::info);
  CHECK(posted(made).front().amount == ron(1'230));
  const auto* const when = "2026-02-10T12:00:00Z";
  CHECK(told(user, {paid("2", 1, when, "BT Pay - kFc"), paid("3", 1, when, "BT Pay - Zzz"),
                    paid("4", 1, when, "BT Pay - zzz")}) == strings{"merchant:zzz"});
  CHECK(told(user, {paid("1", 1'230, when, "BT Pay - Catena")}) == strings{"merchant:catena"});
}

TEST_CASE("merchants paid before the user asked are known, a refund alone makes none known") {
  auto user = with({});
  told(user, {paid("1", 1), paid("2", -5, "2026-02-10T12:00:00Z", "BT Pay - Zzz")});
  user.run(set_alerts{merchants()});
  CHECK(told(user, {paid("3", 1), paid("4", 1, "2026-02-10T12:00:00Z", "BT Pay - Zzz")}) == strings{"merchant:zzz"});
}

TEST_CASE("a pending payment and its booking are one") {
  alerts_set all = food(1'500);
  all.large_from = ron(1'000);
  all.new_merchant = true;
  auto user = with(all);
  auto pending = paid("p", 1'000);
  pending.bank = bank_status::pending;
  auto booked = paid("b", 1'000, "2026-02-11T12:00:00Z");
  CHECK(told(user, {pending}) == strings{"large:bank:p", "merchant:kfc"});
  const auto made = user.run(import_transactions{{booked}});
  REQUIRE(std::holds_alternative<transaction_matched>(made.events[1]));
  CHECK(keys(made).empty());
  CHECK(told(user, {paid("x", 500)}).empty());
  CHECK(told(user, {paid("y", 1)}) == strings{food_in_february});

  SECTION("also in one import") {
    auto other = with(all);
    CHECK(told(other, {pending, booked}) == strings{"large:bank:b", "merchant:kfc"});
    CHECK(told(other, {paid("x", 500)}).empty());
  }
  SECTION("a booking that is larger by its source's word is news") {
    auto other = with(all);
    pending.amount.minor = -900;
    booked.replaces = "p";
    CHECK(told(other, {pending}) == strings{"merchant:kfc"});
    CHECK(told(other, {booked}) == strings{"large:bank:b"});
  }
}

TEST_CASE("what is on the review list does not count") {
  auto user = with(food(2'500));
  auto first = paid("p", 1'000);
  first.bank = bank_status::pending;
  auto second = first;
  second.external_id = "q";
  const auto booked = paid("b", 1'000, "2026-02-11T12:00:00Z");
  CHECK(told(user, {first, second}).empty());
  const auto made = user.run(import_transactions{{booked}});
  REQUIRE(std::holds_alternative<match_questioned>(made.events[1]));
  CHECK(keys(made).empty());
  user.run(decline_match{transaction_id{5}});
  CHECK(told(user, {paid("x", 1)}) == strings{food_in_february});
}

TEST_CASE("other rules of the service are asked anew") {
  auto user = with(food(1'000));
  CHECK(told(user, {paid("1", 900)}).empty());
  std::string text(shipped_rules());
  text.replace(text.find("\"KFC\""), 5, "\"Qwrtz\"");
  const decision_policy other{*make_default_classifier(text)};
  const import_transactions more{{paid("2", 101)}};
  const import_transactions qwrtz{{paid("2", 1'001, "2026-02-10T12:00:00Z", "BT Pay - Qwrtz")}};
  CHECK(keys(decide(user.state(), more, other, fallback_profile)).empty());
  CHECK(keys(decide(user.state(), qwrtz, other, fallback_profile)) == strings{food_in_february});
  CHECK(told(user, {paid("2", 101)}) == strings{food_in_february});
}
