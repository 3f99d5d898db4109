#include "domain/decide.hpp"
#include "tests/domain/stream.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

using fates = std::vector<row_fate>;

template <class Event>
const Event& the_event(const decision& made, std::size_t i = 0) {
  REQUIRE(made.events.size() > i);
  REQUIRE(std::holds_alternative<Event>(made.events[i]));
  return std::get<Event>(made.events[i]);
}

/// A stream that is opened, so that only what is asked for is decided.
stream opened(decision_policy policy = default_policy()) {
  stream made(std::move(policy));
  made.append(fallback_profile);
  return made;
}

/// The ids that a run of auto_categorize would book, in order.
std::vector<std::uint64_t> booked(const stream& user) {
  std::vector<std::uint64_t> ids;
  const auto made = user.ask(auto_categorize{});
  for (const auto& each : made.events)
    ids.push_back(raw(std::get<transaction_categorized>(each).id));
  CHECK(made.answer.categorized == ids.size());
  return ids;
}

account_opened account_in(std::string_view code) { return {"Cont", *currency::parse(code), instant{}}; }

} // namespace

TEST_CASE("a stream that was never opened begins with the fallback profile") {
  stream user(default_policy());
  CHECK_FALSE(user.state().opened());
  const auto made = user.run(import_transactions{{payment("1")}});
  REQUIRE(made.events.size() == 2);
  CHECK(the_event<user_opened>(made) == fallback_profile);
  CHECK(the_event<transaction_imported>(made, 1).data == payment("1"));
  CHECK(user.state().opened());
  CHECK(user.state().profile() == fallback_profile);
  CHECK(user.state().version() == position{2});
}

TEST_CASE("a command that changes nothing does not open a stream") {
  const stream user(default_policy());
  CHECK(user.ask(auto_categorize{}).events.empty());
  CHECK(user.ask(import_transactions{{transaction{}}}).events.empty());
}

TEST_CASE("a profile is written when it is new or other, and opens the stream by itself") {
  stream user(default_policy());
  const user_opened profile{"bogdan", "UTC", *currency::parse("EUR")};
  CHECK(the_event<user_opened>(user.run(open_user{profile})) == profile);
  CHECK(user.run(open_user{profile}).events.empty());
  CHECK(user.run(open_user{fallback_profile}).events.size() == 1);
  CHECK(user.state().profile() == fallback_profile);
}

TEST_CASE("an account that is known is not opened again") {
  auto user = opened();
  CHECK(user.run(open_account{account_in("RON")}).events.size() == 1);
  CHECK(user.run(open_account{account_in("RON")}).events.empty());
  CHECK(user.run(open_account{account_in("EUR")}).events.size() == 1);
}

TEST_CASE("a row is accepted, then a duplicate, then with other content a correction") {
  auto user = opened();
  CHECK(user.run(import_transactions{{payment("1")}}).answer.fates == fates{row_fate::accepted});

  const auto again = user.run(import_transactions{{payment("1")}});
  CHECK(again.answer.fates == fates{row_fate::duplicate});
  CHECK(again.events.empty());

  auto other = payment("1");
  other.amount.minor = -1;
  const auto made = user.run(import_transactions{{other}});
  CHECK(made.answer.fates == fates{row_fate::corrected});
  CHECK(the_event<transaction_corrected>(made) == transaction_corrected{transaction_id{2}, other});
  CHECK(user.run(import_transactions{{other}}).answer.fates == fates{row_fate::duplicate});
  CHECK(user.run(import_transactions{{payment("1")}}).answer.fates == fates{row_fate::corrected});
}

TEST_CASE("every field of a row is part of its content") {
  auto user = opened();
  user.run(import_transactions{{payment("1")}});
  const std::vector<void (*)(transaction&)> changes = {
      [](transaction& t) { t.date += duration{1}; },
      [](transaction& t) { t.amount.minor += 1; },
      [](transaction& t) { t.amount.unit = *currency::parse("EUR"); },
      [](transaction& t) { t.description += " "; },
      [](transaction& t) { t.merchant = ""; },
      [](transaction& t) { t.mcc = 0; },
      [](transaction& t) { t.bank = bank_status::pending; },
      [](transaction& t) { t.status = transaction_status::synced; },
      [](transaction& t) { t.category = ""; },
      [](transaction& t) { t.linked = true; },
  };
  for (const auto& change : changes) {
    auto row = payment("1");
    change(row);
    CHECK(user.ask(import_transactions{{row}}).answer.fates == fates{row_fate::corrected});
  }
}

TEST_CASE("the same id from another source, or the same letters split otherwise, is another transaction") {
  auto user = opened();
  auto a = payment("bc");
  a.source = "a";
  auto b = payment("c");
  b.source = "ab";
  auto c = payment("bc");
  c.source = "b";
  CHECK(user.run(import_transactions{{a, b, c}}).answer.fates == fates(3, row_fate::accepted));
}

TEST_CASE("an import that names a transaction twice makes one event, with the later content") {
  auto user = opened();
  const auto made =
      user.run(import_transactions{{payment("1", "a"), payment("1", "a"), payment("1", "b"), payment("1", "b")}});
  CHECK(made.answer.fates == fates{row_fate::accepted, row_fate::duplicate, row_fate::corrected, row_fate::duplicate});
  REQUIRE(made.events.size() == 1);
  CHECK(the_event<transaction_imported>(made).data.description == "b");

  const auto corrected = user.run(import_transactions{{payment("1", "c"), payment("2"), payment("1", "d")}});
  CHECK(corrected.answer.fates == fates{row_fate::corrected, row_fate::accepted, row_fate::corrected});
  REQUIRE(corrected.events.size() == 2);
  CHECK(the_event<transaction_corrected>(corrected).data.description == "d");
}

TEST_CASE("a rejected row is told with its index and spoils no other") {
  auto user = opened();
  auto bad = payment("");
  const auto made = user.run(import_transactions{{bad, payment("1"), bad, payment("2")}});
  CHECK(made.answer.fates == fates{row_fate::rejected, row_fate::accepted, row_fate::rejected, row_fate::accepted});
  REQUIRE(made.answer.rejected.size() == 2);
  CHECK(made.answer.rejected[0].index == 0);
  CHECK(made.answer.rejected[1].index == 2);
  CHECK(made.answer.rejected[1].why.code == errc::missing_field);
  CHECK(made.events.size() == 2);
}

TEST_CASE("a transaction that its source withdrew stays withdrawn") {
  auto user = opened();
  user.run(import_transactions{{payment("1")}});
  user.append(transaction_removed{transaction_id{2}});
  CHECK(booked(user).empty());
  CHECK(user.run(import_transactions{{payment("1"), payment("1", "other")}}).answer.fates ==
        fates(2, row_fate::duplicate));
  CHECK(user.log().size() == 3);
}

TEST_CASE("auto-categorising books what is pending, counted and of a known category, newest first") {
  auto user = opened();
  auto older = payment("1");
  older.date -= duration{1};
  auto unknown = payment("3", "BT Pay - Zzz");
  auto income = payment("4", "salary book");
  income.amount.minor = 100;
  auto linked = payment("5");
  linked.linked = true;
  auto synced = payment("6");
  synced.status = transaction_status::synced;
  auto ignored = payment("7");
  ignored.status = transaction_status::ignored;
  user.run(import_transactions{{older, payment("2"), unknown, income, linked, synced, ignored, payment("8")}});
  CHECK(booked(user) == std::vector<std::uint64_t>{3, 9, 2});

  const auto made = user.run(auto_categorize{});
  CHECK(made.answer.categorized == 3);
  CHECK(the_event<transaction_categorized>(made) ==
        transaction_categorized{transaction_id{3}, "shopping", transaction_categorized::author::rule});
  CHECK(user.run(auto_categorize{}).answer.categorized == 0);
}

TEST_CASE("the category that a source brings is booked") {
  auto user = opened();
  auto row = payment("1", "Zzz");
  row.category = "presents";
  user.run(import_transactions{{row}});
  CHECK(the_event<transaction_categorized>(user.run(auto_categorize{})).category == "presents");
}

TEST_CASE("a correction leaves what the user decided, and is booked no second time") {
  auto user = opened();
  user.run(import_transactions{{payment("1")}});
  user.run(auto_categorize{});
  CHECK(user.run(import_transactions{{payment("1", "BT Pay - Kaufland")}}).answer.fates == fates{row_fate::corrected});
  CHECK(booked(user).empty());
}

TEST_CASE("a correction changes the status where only the source had set it") {
  auto user = opened();
  auto row = payment("1");
  row.status = transaction_status::synced;
  user.run(import_transactions{{row}});
  CHECK(booked(user).empty());
  user.run(import_transactions{{payment("1")}});
  CHECK(booked(user) == std::vector<std::uint64_t>{2});
  row.status = transaction_status::ignored;
  user.run(import_transactions{{row}});
  CHECK(booked(user).empty());
}

TEST_CASE("a category that is taken back makes the transaction pending again, with its newest content") {
  auto user = opened();
  user.run(import_transactions{{payment("1")}});
  user.append(transaction_categorized{transaction_id{2}, "food", transaction_categorized::author::user});
  CHECK(booked(user).empty());
  user.append(transaction_uncategorized{transaction_id{2}});
  CHECK(booked(user) == std::vector<std::uint64_t>{2});
  user.run(auto_categorize{});
  user.run(import_transactions{{payment("1", "BT Pay - Catena")}});
  user.append(transaction_uncategorized{transaction_id{2}});
  CHECK(the_event<transaction_categorized>(user.ask(auto_categorize{})).category == "health");
}

TEST_CASE("events about transactions that are not there change nothing") {
  auto user = opened();
  user.append(transaction_removed{transaction_id{99}});
  user.append(transaction_categorized{transaction_id{99}, "food", {}});
  user.append(transaction_uncategorized{transaction_id{99}});
  user.append(transaction_corrected{transaction_id{99}, payment("1")});
  CHECK(booked(user).empty());
  CHECK(user.run(import_transactions{{payment("1")}}).answer.fates == fates{row_fate::accepted});
}

TEST_CASE("with the moneymanager preset a booking needs an account in exactly its currency") {
  auto user = opened(moneymanager_policy());
  auto euro = payment("2");
  euro.amount.unit = *currency::parse("EUR");
  user.run(import_transactions{{payment("1"), euro}});
  CHECK(booked(user).empty());
  user.run(open_account{account_in("EUR")});
  CHECK(booked(user) == std::vector<std::uint64_t>{3});
  user.run(open_account{account_in("RON")});
  CHECK(booked(user) == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE("with the moneymanager preset an amount of 100,000,000.00 or more is not booked") {
  auto user = opened(moneymanager_policy());
  for (const auto* code : {"RON", "JPY", "KWD"})
    user.run(open_account{account_in(code)});
  const auto row = [](std::string id, std::int64_t minor, std::string_view code) {
    auto made = payment(std::move(id));
    made.amount = {minor, *currency::parse(code)};
    return made;
  };
  user.run(
      import_transactions{{row("1", -9'999'999'999, "RON"), row("2", -10'000'000'000, "RON"),
                           row("3", 10'000'000'000, "RON"), row("4", 99'999'999, "JPY"), row("5", 100'000'000, "JPY"),
                           row("6", 99'999'999'999, "KWD"), row("7", 100'000'000'000, "KWD")}});
  CHECK(booked(user) == std::vector<std::uint64_t>{5, 8, 10});
}

TEST_CASE("with the moneymanager preset only its own text rules find categories") {
  auto user = opened(moneymanager_policy());
  user.run(open_account{account_in("RON")});
  auto row = payment("1", "BT Pay - Zzz");
  row.category = "food";
  row.mcc = 5812;
  user.run(import_transactions{{row, payment("2", "Card Lidl"), payment("3", "BT Pay - barber")}});
  CHECK(booked(user) == std::vector<std::uint64_t>{5});
}

TEST_CASE("a notification is posted once per key, and always without one") {
  auto user = opened();
  notification_posted note;
  note.message = "hello";
  CHECK(user.run(post_notification{note}).answer.posted == 1);
  CHECK(user.run(post_notification{note}).answer.posted == 1);
  note.key = "k";
  CHECK(the_event<notification_posted>(user.run(post_notification{note})) == note);
  const auto again = user.run(post_notification{note});
  CHECK(again.answer.posted == 0);
  CHECK(again.events.empty());
}
