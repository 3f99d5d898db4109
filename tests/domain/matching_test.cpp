#include "domain/matching.hpp"
#include "tests/domain/stream.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

using author = transaction_matched::author;
using std::chrono::hours;

transaction at_bank(std::string id, bank_status bank, duration later = {}) {
  auto row = payment(std::move(id));
  row.bank = bank;
  row.date += later;
  return row;
}

transaction pending(std::string id, duration later = {}) { return at_bank(std::move(id), bank_status::pending, later); }

transaction booked(std::string id, duration later = hours{24}) {
  return at_bank(std::move(id), bank_status::booked, later);
}

transaction linked(transaction row, std::string to) {
  row.replaces = std::move(to);
  return row;
}

stream opened(decision_policy policy = default_policy()) {
  stream made(std::move(policy));
  made.append(fallback_profile);
  return made;
}

stream with(std::vector<transaction> rows) {
  auto made = opened();
  made.run(import_transactions{std::move(rows)});
  return made;
}

/// How many payments are counted or wait, as the user sees them.
std::size_t seen(const stream& user) {
  std::size_t count = 0;
  for (const auto& each : user.state().transactions().all())
    if (is_live(each) && !each.held)
      ++count;
  return count;
}

template <class Event>
std::vector<Event> all_of(const decision& made) {
  std::vector<Event> some;
  for (const auto& each : made.events)
    if (const auto* it = std::get_if<Event>(&each))
      some.push_back(*it);
  return some;
}

constexpr transaction_id id2{2};
constexpr transaction_id id3{3};
constexpr transaction_id id4{4};

} // namespace

TEST_CASE("a link is followed whichever of the two comes first, also within one import") {
  const auto one = pending("p");
  auto other = linked(booked("b", hours{24 * 30}), "p"); // which no rule would match
  other.amount.minor = -999;
  auto user = with({one});
  CHECK(all_of<transaction_matched>(user.run(import_transactions{{other}})) ==
        std::vector{transaction_matched{id3, id2, author::link}});
  CHECK(seen(user) == 1);

  auto late = with({other});
  CHECK(seen(late) == 1);
  CHECK(all_of<transaction_matched>(late.run(import_transactions{{one}})) ==
        std::vector{transaction_matched{id2, id3, author::link}});
  CHECK(seen(late) == 1);

  CHECK(seen(with({other, one})) == 1);
  CHECK(seen(with({one, other})) == 1);
}

TEST_CASE("a link that its source took back is not followed") {
  auto corrected = with({linked(booked("b"), "p")});
  corrected.run(import_transactions{{linked(booked("b"), "other")}});
  corrected.run(import_transactions{{pending("p", hours{24 * 90})}});
  CHECK(seen(corrected) == 2);
  auto late = with({linked(booked("b"), "p")});
  late.run(import_transactions{{pending("b")}}); // not booked after all
  late.run(import_transactions{{pending("p", hours{24 * 90})}});
  CHECK(seen(late) == 2);
}

TEST_CASE("a booked payment takes the place of the one pending that it is like") {
  auto user = with({pending("p")});
  CHECK(all_of<transaction_matched>(user.run(import_transactions{{booked("b")}})) ==
        std::vector{transaction_matched{id3, id2, author::rule}});
  CHECK(seen(user) == 1);
  CHECK(user.run(import_transactions{{pending("p"), booked("b")}}).events.empty());
}

TEST_CASE("within one import a pending and its booking are matched in either order") {
  CHECK(seen(with({pending("p"), booked("b")})) == 1);
  CHECK(seen(with({booked("b"), pending("p")})) == 1);
}

TEST_CASE("nothing is matched by rule that differs in amount, currency, source, merchant, or by too many days") {
  const auto unlike = [](void (*change)(transaction&)) {
    auto user = with({pending("p")});
    auto row = booked("b");
    change(row);
    user.run(import_transactions{{row}});
    return seen(user);
  };
  CHECK(unlike([](transaction&) {}) == 1);
  CHECK(unlike([](transaction& t) { t.amount.minor -= 1; }) == 2);
  CHECK(unlike([](transaction& t) { t.amount.unit = *currency::parse("EUR"); }) == 2);
  CHECK(unlike([](transaction& t) { t.source = "other"; }) == 2);
  CHECK(unlike([](transaction& t) { t.description = "BT Pay - Kaufland"; }) == 2);
  CHECK(unlike([](transaction& t) { t.status = transaction_status::ignored; }) == 2);
  const auto after = [](duration later) {
    auto user = with({pending("p")});
    user.run(import_transactions{{booked("b", later)}});
    return seen(user);
  };
  CHECK(after(matching::pending_before_max) == 1);
  CHECK(after(matching::pending_before_max + duration{1}) == 2);
  CHECK(after(-matching::pending_after_max) == 1);
  CHECK(after(-matching::pending_after_max - duration{1}) == 2);
}

TEST_CASE("a policy without matching counts both") {
  auto user = opened(moneymanager_policy());
  user.run(import_transactions{{pending("p"), linked(booked("b"), "p")}});
  CHECK(seen(user) == 2);
}

TEST_CASE("where several fit it is asked, and the booked one is not counted meanwhile") {
  auto user = with({pending("p"), pending("q", hours{1})});
  const auto made = user.run(import_transactions{{booked("b")}});
  CHECK(all_of<match_questioned>(made) == std::vector{match_questioned{id4, {id2, id3}}});
  CHECK(seen(user) == 2);
  CHECK(user.ask(auto_categorize{}).answer.categorized == 2);

  SECTION("the user says which") {
    CHECK(user.run(match_transactions{id4, id3}).answer.changed == 1);
    CHECK(seen(user) == 2);
    CHECK(user.state().questions().empty());
    CHECK(user.run(match_transactions{id4, id3}).answer.changed == 0);
    CHECK(user.ask(match_transactions{id4, id2}).refused);
  }
  SECTION("the user says none") {
    CHECK(user.run(decline_match{id4}).answer.changed == 1);
    CHECK(seen(user) == 3);
    CHECK(user.run(decline_match{id4}).answer.changed == 0);
    CHECK(user.state().questions().empty());
  }
  SECTION("the user deletes one, so that the other is the answer") {
    user.run(remove_transaction{id2});
    CHECK(user.state().pending_of(id4) == id3);
    CHECK(seen(user) == 1);
  }
  SECTION("the source withdraws one, so that it stays a question") {
    user.run(import_transactions{{}, {{"bank", "p"}}});
    CHECK(user.state().questions().size() == 1);
    user.run(import_transactions{{}, {{"bank", "q"}}});
    CHECK(user.state().questions().empty());
    CHECK(seen(user) == 1);
  }
  SECTION("the source tells it pending again, so that nothing is answered before it is booked") {
    user.run(import_transactions{{pending("b", hours{24})}});
    user.run(remove_transaction{id2});
    CHECK(user.state().questions().size() == 1);
    user.run(import_transactions{{booked("b", hours{25})}, {{"bank", "q"}}});
    CHECK(user.state().questions().empty());
    CHECK(seen(user) == 1);
  }
  SECTION("a deleted one comes back with its question") {
    user.run(remove_transaction{id4});
    user.run(restore_transaction{id4});
    CHECK(user.state().questions().size() == 1);
    CHECK(seen(user) == 2);
  }
}

TEST_CASE("of several that fit, the one that is withdrawn in the same import was booked") {
  auto user = with({pending("p"), pending("q")});
  user.run(import_transactions{{booked("b")}, {{"bank", "q"}}});
  CHECK(user.state().pending_of(id4) == id3);
  CHECK(seen(user) == 2);
}

TEST_CASE("two alike pending and two alike booked end as two") {
  auto user = with({pending("p"), pending("q")});
  user.run(import_transactions{{booked("b"), booked("c")}});
  CHECK(seen(user) == 2);
  CHECK(user.state().questions().size() == 2);
  user.run(match_transactions{id4, id2});
  CHECK(user.state().questions().empty());
  CHECK(user.state().pending_of(transaction_id{5}) == id3);
  CHECK(seen(user) == 2);
}

TEST_CASE("a match that was undone is made by no rule again, and by the user at will") {
  auto user = with({pending("p"), booked("b")});
  CHECK(user.run(unmatch_transaction{id3}).answer.changed == 1);
  CHECK(seen(user) == 2);
  CHECK(user.run(unmatch_transaction{id3}).answer.changed == 0);
  user.run(import_transactions{{pending("p"), booked("b", hours{25})}});
  CHECK(seen(user) == 2);
  CHECK(user.run(match_transactions{id3, id2}).answer.changed == 1);
  CHECK(seen(user) == 1);
}

TEST_CASE("what the user decided on the pending one holds for the booked one") {
  auto user = with({pending("p"), pending("q", hours{24 * 20})});
  user.run(categorize{id2, "rent"});
  user.run(remove_transaction{id3});
  const auto made = user.run(import_transactions{{booked("b"), linked(booked("c"), "q")}});
  CHECK(all_of<transaction_categorized>(made) ==
        std::vector{transaction_categorized{transaction_id{6}, "rent", transaction_categorized::author::user}});
  CHECK(all_of<transaction_removed>(made) ==
        std::vector{transaction_removed{transaction_id{7}, transaction_removed::author::user}});
  CHECK(seen(user) == 1);
  CHECK(user.ask(categorize{id2, "food"}).refused);
}

TEST_CASE("a pending one that is booked under its own id is one, and no candidate any more") {
  auto user = with({pending("p")});
  user.run(import_transactions{{booked("p")}});
  user.run(import_transactions{{booked("b")}});
  CHECK(seen(user) == 2);
  CHECK(user.state().questions().empty());
}

TEST_CASE("only a booked one is matched, and only with a pending one that is there") {
  auto user = with({pending("p"), booked("b", hours{24 * 30}), booked("c", hours{24 * 60})});
  CHECK(user.ask(match_transactions{id2, id3}).refused->code == errc::invalid_value);
  CHECK(user.ask(match_transactions{id3, id4}).refused->code == errc::invalid_value);
  CHECK(user.ask(match_transactions{id3, transaction_id{99}}).refused->code == errc::unknown_item);
  CHECK(user.ask(decline_match{id3}).refused->code == errc::invalid_value);
  CHECK(user.run(match_transactions{id3, id2}).answer.changed == 1);
  CHECK(user.ask(match_transactions{id4, id2}).refused->code == errc::invalid_value);
}
