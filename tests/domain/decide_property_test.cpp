#include "tests/domain/stream.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// What stands in a log about transactions, kept in the simplest way.
class simple_books {
public:
  struct entry {
    transaction data;
    transaction_status status;
    bool decided = false;
    bool removed = false;
    friend bool operator==(const entry&, const entry&) = default;
  };

  explicit simple_books(const std::vector<recorded_event>& log) {
    for (const auto& each : log)
      fold(each);
  }

  /// By source and external id.
  std::map<std::pair<std::string, std::string>, entry> by_key() const {
    std::map<std::pair<std::string, std::string>, entry> made;
    for (const auto& [id, each] : by_id)
      made.insert_or_assign({each.data.source, each.data.external_id}, each);
    return made;
  }

  std::map<std::uint64_t, entry> by_id;

private:
  void fold(const recorded_event& what) {
    if (const auto* imported = std::get_if<transaction_imported>(&what.body))
      by_id[raw(what.at)] = {imported->data, imported->data.status};
    else if (const auto* corrected = std::get_if<transaction_corrected>(&what.body))
      change(corrected->id, [&](entry& e) {
        e.data = corrected->data;
        e.status = e.decided ? e.status : corrected->data.status;
      });
    else if (const auto* removed = std::get_if<transaction_removed>(&what.body))
      change(removed->id, [](entry& e) { e.removed = true; });
    else if (const auto* categorized = std::get_if<transaction_categorized>(&what.body))
      change(categorized->id, [](entry& e) { e.status = transaction_status::synced, e.decided = true; });
    else if (const auto* taken_back = std::get_if<transaction_uncategorized>(&what.body))
      change(taken_back->id, [](entry& e) { e.status = e.data.status, e.decided = false; });
  }

  template <class Change>
  void change(transaction_id id, Change how) {
    if (const auto found = by_id.find(raw(id)); found != by_id.end() && !found->second.removed)
      how(found->second);
  }
};

std::vector<event> expected_bookings(const simple_books& books, const classifier& rules) {
  std::vector<std::pair<std::uint64_t, simple_books::entry>> pending;
  for (const auto& [id, each] : books.by_id)
    if (!each.removed && each.status == transaction_status::pending && !each.data.linked)
      pending.emplace_back(id, each);
  std::ranges::stable_sort(pending,
                           [](const auto& a, const auto& b) { return a.second.data.date > b.second.data.date; });
  std::vector<event> events;
  for (const auto& [id, each] : pending)
    if (const auto facts = rules.classify(each.data); facts.counted && facts.category)
      events.emplace_back(transaction_categorized{transaction_id{id}, *facts.category});
  return events;
}

/// Few keys and few contents, so that the same ones meet often. One in twenty is refused.
transaction random_row(rng& random) {
  const auto descriptions = std::to_array<const char*>({"BT Pay - Lidl", "BT Pay - Zzz", "Catena", "salary"});
  auto row = payment(std::to_string(random() % 30), descriptions[random() % descriptions.size()]);
  row.source = random() % 4 == 0 ? "other" : "bank";
  row.date += duration{random() % 5};
  row.amount.minor = static_cast<std::int64_t>(random() % 5) - 3;
  row.status = random() % 3 == 0 ? static_cast<transaction_status>(random() % 4) : transaction_status::pending;
  row.linked = random() % 8 == 0;
  if (random() % 8 == 0)
    row.mcc = static_cast<std::uint16_t>(random() % 2 == 0 ? 5812 : 1);
  if (random() % 8 == 0)
    row.category = "presents";
  if (random() % 8 == 0)
    row.merchant = "Kaufland";
  if (random() % 20 == 0)
    row.external_id.clear();
  return row;
}

import_transactions random_import(rng& random, std::size_t rows_max) {
  import_transactions made;
  for (auto n = random() % (rows_max + 1); n > 0; --n)
    made.rows.push_back(random_row(random));
  return made;
}

command random_command(rng& random) {
  switch (random() % 8) {
  case 0:
    return auto_categorize{};
  case 1: {
    notification_posted note;
    note.key = random() % 2 == 0 ? "" : std::to_string(random() % 3);
    return post_notification{note};
  }
  case 2:
    return open_user{{"ana", random() % 2 == 0 ? "UTC" : "Europe/Bucharest", {}}};
  case 3:
    return open_account{{"Cont", random() % 2 == 0 ? currency{} : *currency::parse("EUR"), instant{}}};
  default:
    return random_import(random, 10);
  }
}

/// What users and sources do beside commands. Only what is pending gets a category.
event random_fact(rng& random, const stream& user) {
  const transaction_id id{random() % (raw(user.state().version()) + 2)};
  const auto books = simple_books(user.log());
  const auto found = books.by_id.find(raw(id));
  const auto pending = found != books.by_id.end() && found->second.status == transaction_status::pending;
  if (random() % 4 == 0)
    return transaction_removed{id};
  if (pending && random() % 2 == 0)
    return transaction_categorized{id, "food", transaction_categorized::author::user};
  return transaction_uncategorized{id};
}

/// What a state answers to every kind of command, as text to compare.
std::vector<event> answers_of(const user_state& state, const decision_policy& policy,
                              const import_transactions& probe) {
  std::vector<event> all;
  notification_posted note;
  note.key = "1";
  const std::vector<command> commands = {auto_categorize{}, probe, post_notification{note}, open_user{fallback_profile},
                                         open_account{{"Cont", currency{}, instant{}}}};
  for (const auto& each : commands)
    for (auto& made : decide(state, each, policy, fallback_profile).events)
      all.push_back(std::move(made));
  return all;
}

stream random_stream(rng& random, const decision_policy& policy) {
  stream user(policy);
  for (auto n = random() % 25; n > 0; --n) {
    user.run(random_command(random));
    if (random() % 3 == 0 && user.state().opened())
      user.append(random_fact(random, user));
  }
  return user;
}

} // namespace

TEST_CASE("a replay of the log decides as the state that wrote it") {
  BTPAY_SEEDED(random);
  const auto policy = default_policy();
  for (auto i = 0; i < 150; ++i) {
    const auto user = random_stream(random, policy);
    user_state replayed;
    for (const auto& each : user.log())
      replayed.apply(each);
    const auto probe = random_import(random, 40);
    REQUIRE(replayed.version() == user.state().version());
    REQUIRE(replayed.opened() == user.state().opened());
    REQUIRE(answers_of(replayed, policy, probe) == answers_of(user.state(), policy, probe));
    const auto copied = replayed;
    REQUIRE(answers_of(copied, policy, probe) == answers_of(replayed, policy, probe));
  }
}

TEST_CASE("what auto-categorising books is what the log says is pending") {
  BTPAY_SEEDED(random);
  const auto policy = default_policy();
  for (auto i = 0; i < 150; ++i) {
    const auto user = random_stream(random, policy);
    if (user.state().opened())
      REQUIRE(user.ask(auto_categorize{}).events == expected_bookings(simple_books(user.log()), *policy.rules));
  }
}

TEST_CASE("every row of an import has a fate, and every new fate an event") {
  BTPAY_SEEDED(random);
  auto user = random_stream(random, default_policy());
  user.run(open_user{fallback_profile});
  for (auto i = 0; i < 100; ++i) {
    const auto import = random_import(random, 20);
    const auto made = user.run(import);
    const auto& fates = made.answer.fates;
    REQUIRE(fates.size() == import.rows.size());
    const auto count = [&fates](row_fate fate) { return std::ranges::count(fates, fate); };
    REQUIRE(count(row_fate::rejected) == std::ssize(made.answer.rejected));
    REQUIRE(std::ssize(made.events) <= count(row_fate::accepted) + count(row_fate::corrected));
    REQUIRE(std::ranges::count_if(made.events, [](const event& e) {
              return std::holds_alternative<transaction_imported>(e);
            }) == count(row_fate::accepted));
  }
}

TEST_CASE("importing everything a second time gives only duplicates and no event") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 100; ++i) {
    auto user = random_stream(random, default_policy());
    import_transactions everything;
    for (const auto& [key, each] : simple_books(user.log()).by_key())
      everything.rows.push_back(each.data);
    const auto made = user.run(everything);
    REQUIRE(made.events.empty());
    REQUIRE(made.answer.fates == std::vector<row_fate>(everything.rows.size(), row_fate::duplicate));
  }
}

TEST_CASE("an import in parts leaves the same transactions as in one") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 100; ++i) {
    const auto before = random_stream(random, default_policy());
    const auto everything = random_import(random, 60);
    auto at_once = before;
    at_once.run(everything);

    auto in_parts = before;
    for (std::size_t begin = 0; begin < everything.rows.size();) {
      const auto end = std::min(everything.rows.size(), begin + 1 + random() % 20);
      import_transactions part;
      for (; begin < end; ++begin)
        part.rows.push_back(everything.rows[begin]);
      in_parts.run(part);
    }
    REQUIRE(simple_books(in_parts.log()).by_key() == simple_books(at_once.log()).by_key());
  }
}

TEST_CASE("among many transactions each is still found") {
  stream user(default_policy());
  import_transactions many;
  for (auto i = 0; i < 20'000; ++i) {
    many.rows.push_back(payment(std::to_string(i)));
    many.rows.back().status = transaction_status::synced;
  }
  CHECK(user.run(many).events.size() == many.rows.size() + 1);
  CHECK(user.ask(many).events.empty());
  for (auto& row : many.rows)
    row.amount.minor = -1;
  const auto made = user.ask(many);
  REQUIRE(made.events.size() == many.rows.size());
  for (std::size_t i = 0; i < made.events.size(); ++i)
    REQUIRE(std::get<transaction_corrected>(made.events[i]).id == transaction_id{i + 2});
}
