#include "tests/domain/stream.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

using fates = std::vector<row_fate>;

/// A stream with one pending payment, whose id is 2.
stream with_payment(transaction row = payment("1")) {
  stream made(default_policy());
  made.append(fallback_profile);
  made.run(import_transactions{{std::move(row)}});
  return made;
}

constexpr transaction_id first{2};

const known_transaction& the(const stream& user, transaction_id id = first) {
  const auto* known = user.state().transactions().find(id);
  REQUIRE(known);
  return *known;
}

void check_refused(const decision& made, errc why) {
  REQUIRE(made.refused);
  CHECK(made.refused->code == why);
  CHECK(made.events.empty());
  CHECK(made.answer.changed == 0);
}

} // namespace

TEST_CASE("a user gives a category, another one, and the same once only") {
  auto user = with_payment();
  const auto made = user.run(categorize{first, "food"});
  CHECK(made.answer.changed == 1);
  CHECK(made.events ==
        std::vector<event>{transaction_categorized{first, "food", transaction_categorized::author::user}});
  CHECK(the(user).status == transaction_status::synced);
  CHECK(user.state().category(the(user)) == "food");
  CHECK(user.run(auto_categorize{}).answer.categorized == 0);
  CHECK(user.run(categorize{first, "food"}).answer.changed == 0);
  CHECK(user.run(categorize{first, "rent"}).answer.changed == 1);
  CHECK(user.state().category(the(user)) == "rent");
}

TEST_CASE("a category by hand goes over one by rule") {
  auto user = with_payment();
  REQUIRE(user.run(auto_categorize{}).answer.categorized == 1);
  CHECK_FALSE(the(user).decided_by_user);
  CHECK(user.run(categorize{first, "rent"}).answer.changed == 1);
  CHECK(the(user).decided_by_user);
}

TEST_CASE("decisions on what is not there or not counted are refused") {
  auto user = with_payment();
  check_refused(user.ask(categorize{transaction_id{99}, "food"}), errc::unknown_item);
  check_refused(user.ask(uncategorize{transaction_id{99}}), errc::unknown_item);
  check_refused(user.ask(remove_transaction{transaction_id{99}}), errc::unknown_item);
  check_refused(user.ask(restore_transaction{transaction_id{99}}), errc::unknown_item);
  check_refused(user.ask(categorize{first, ""}), errc::invalid_value);
  auto ignored = payment("1");
  ignored.status = transaction_status::ignored;
  check_refused(with_payment(ignored).ask(categorize{first, "food"}), errc::invalid_value);
}

TEST_CASE("a category that is taken back leaves the status that the source told last") {
  auto settled = payment("1");
  settled.status = transaction_status::synced;
  auto user = with_payment(settled);
  user.run(categorize{first, "rent"});
  CHECK(user.run(uncategorize{first}).answer.changed == 1);
  CHECK(the(user).status == transaction_status::synced);
  CHECK(user.state().category(the(user)).empty());
  CHECK(user.run(uncategorize{first}).answer.changed == 0);

  auto waits = with_payment();
  waits.run(categorize{first, "rent"});
  waits.run(uncategorize{first});
  CHECK(the(waits).status == transaction_status::pending);
  CHECK(waits.run(auto_categorize{}).answer.categorized == 1);
}

TEST_CASE("a remembered merchant is categorised before the service's rules, in any spelling, until it is forgotten") {
  auto user = with_payment(payment("1", "BT Pay - Catena"));
  CHECK(user.run(categorize{first, "pets", true}).events.size() == 2);
  CHECK(user.run(categorize{first, "pets", true}).answer.changed == 0);
  user.run(import_transactions{{payment("2", "BT Pay - CATENA")}});
  const auto by_rule = user.ask(auto_categorize{});
  REQUIRE(by_rule.events.size() == 1);
  CHECK(std::get<transaction_categorized>(by_rule.events[0]).category == "pets");

  CHECK(user.run(forget_merchant{"CĂTENA"}).answer.changed == 1);
  CHECK(user.run(forget_merchant{"catena"}).answer.changed == 0);
  const auto after = user.ask(auto_categorize{});
  REQUIRE(after.events.size() == 1);
  CHECK(std::get<transaction_categorized>(after.events[0]).category == "health");
  CHECK(user.state().category(the(user)) == "pets");
}

TEST_CASE("a user's decision survives that the source tells other content") {
  auto user = with_payment();
  user.run(categorize{first, "rent"});
  auto other = payment("1", "BT Pay - Kaufland");
  other.status = transaction_status::synced;
  CHECK(user.run(import_transactions{{other}}).answer.fates == fates{row_fate::corrected});
  CHECK(user.state().category(the(user)) == "rent");
}

TEST_CASE("what a user deleted stays deleted when the file comes again, until it is restored") {
  auto user = with_payment();
  CHECK(user.run(remove_transaction{first}).answer.changed == 1);
  CHECK(user.run(remove_transaction{first}).answer.changed == 0);
  CHECK(user.ask(auto_categorize{}).events.empty());
  check_refused(user.ask(categorize{first, "food"}), errc::invalid_value);
  CHECK(user.run(import_transactions{{payment("1")}}).answer.fates == fates{row_fate::duplicate});
  CHECK(user.run(import_transactions{{payment("1", "BT Pay - Catena")}}).answer.fates == fates{row_fate::corrected});
  CHECK_FALSE(is_live(the(user)));

  CHECK(user.run(restore_transaction{first}).answer.changed == 1);
  CHECK(user.run(restore_transaction{first}).answer.changed == 0);
  const auto made = user.ask(auto_categorize{});
  REQUIRE(made.events.size() == 1);
  CHECK(std::get<transaction_categorized>(made.events[0]).category == "health");
}

TEST_CASE("a source withdraws a transaction once, and for good") {
  auto user = with_payment();
  const auto made = user.run(import_transactions{{}, {{"bank", "1"}, {"bank", "1"}, {"bank", "2"}}});
  CHECK(made.answer.fates == fates{row_fate::withdrawn, row_fate::duplicate, row_fate::rejected});
  REQUIRE(made.answer.rejected.size() == 1);
  CHECK(made.answer.rejected[0].index == 2);
  CHECK(made.answer.rejected[0].why.code == errc::unknown_item);
  CHECK(made.events == std::vector<event>{transaction_removed{first, transaction_removed::author::source}});
  CHECK(user.run(import_transactions{{}, {{"bank", "1"}}}).answer.fates == fates{row_fate::duplicate});
  CHECK(user.run(import_transactions{{payment("1", "other")}}).answer.fates == fates{row_fate::duplicate});
  check_refused(user.ask(restore_transaction{first}), errc::invalid_value);
}

TEST_CASE("an import may tell a transaction and withdraw it") {
  auto user = with_payment();
  const auto made = user.run(import_transactions{{payment("2")}, {{"bank", "2"}}});
  CHECK(made.answer.fates == fates{row_fate::accepted, row_fate::withdrawn});
  CHECK_FALSE(is_live(the(user, transaction_id{3})));
}

TEST_CASE("two equal coffees on one day are two") {
  auto user = with_payment();
  CHECK(user.run(import_transactions{{payment("2")}}).answer.fates == fates{row_fate::accepted});
  CHECK(user.run(auto_categorize{}).answer.categorized == 2);
}

TEST_CASE("notifications are cleared once, and unknown ones passed over") {
  auto user = with_payment();
  notification_posted note;
  note.message = "hello";
  user.run(post_notification{note});
  user.run(post_notification{note});
  const notification_id one{3};
  const notification_id two{4};
  CHECK(user.run(clear_notifications{{two, one, two, notification_id{2}}}).answer.changed == 2);
  CHECK(user.run(clear_notifications{{one, two}}).answer.changed == 0);
}

TEST_CASE("an id inside its append is placed behind the profile that opens the stream") {
  stream user(default_policy());
  user.run(import_transactions{{payment("1"), payment("2")}, {{"bank", "2"}}});
  REQUIRE(user.log().size() == 4);
  CHECK(user.log()[3].body == event{transaction_removed{transaction_id{3}, transaction_removed::author::source}});
}
