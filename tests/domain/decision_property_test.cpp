/// Properties of everything that users and sources may decide, whatever came before: judged by what stands in the log,
/// kept in the simplest way.

#include "tests/domain/stream.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// What the log says of one transaction.
struct entry {
  transaction data;
  std::optional<std::string> category; ///< decided
  bool by_user = false;                ///< not by a rule
  bool deleted = false;
  bool withdrawn = false;
  bool in_question = false;
  std::optional<std::uint64_t> replaced_by;

  bool listed() const { return !deleted && !withdrawn && !replaced_by; }
  bool counted() const { return listed() && !in_question; }
};

class judge {
public:
  std::map<std::uint64_t, entry> all;
  std::set<std::uint64_t> notifications;

  /// Folds one event, and requires that what it names is there.
  void fold(const recorded_event& what) {
    at_ = raw(what.at);
    std::visit([this](const auto& body) { read(body); }, what.body);
  }

  std::uint64_t any(rng& random) const {
    return all.empty() || random() % 16 == 0 ? random() % (at_ + 2)
                                             : std::next(all.begin(), static_cast<long>(random() % all.size()))->first;
  }

private:
  entry& there(transaction_id id) {
    REQUIRE(all.count(raw(id)) == 1);
    return all.at(raw(id));
  }

  template <class Other>
  void read(const Other&) {}
  void read(const transaction_imported& e) { all[at_].data = e.data; }
  void read(const transaction_corrected& e) { there(e.id).data = e.data; }
  void read(const transaction_removed& e) {
    auto& gone = there(e.id);
    (e.by == transaction_removed::author::user ? gone.deleted : gone.withdrawn) = true;
  }
  void read(const transaction_restored& e) {
    REQUIRE(there(e.id).deleted);
    there(e.id).deleted = false;
  }
  void read(const transaction_categorized& e) {
    there(e.id).category = e.category;
    there(e.id).by_user = e.by == transaction_categorized::author::user;
  }
  void read(const transaction_uncategorized& e) {
    REQUIRE(there(e.id).category);
    there(e.id).category.reset();
  }
  void read(const transaction_matched& e) {
    REQUIRE(e.booked != e.pending);
    INFO("matched by " << static_cast<int>(e.by) << " in question " << there(e.booked).in_question);
    REQUIRE(there(e.booked).data.bank == bank_status::booked);
    REQUIRE_FALSE(there(e.pending).replaced_by);
    for (const auto& [id, each] : all)
      REQUIRE(each.replaced_by != raw(e.booked));
    there(e.pending).replaced_by = raw(e.booked);
    there(e.booked).in_question = false;
  }
  void read(const transaction_unmatched& e) {
    REQUIRE(there(e.pending).replaced_by == raw(e.booked));
    there(e.pending).replaced_by.reset();
  }
  void read(const match_questioned& e) {
    for (const auto each : e.candidates)
      there(each);
    there(e.booked).in_question = true;
  }
  void read(const match_declined& e) {
    REQUIRE(there(e.booked).in_question);
    there(e.booked).in_question = false;
  }
  void read(const notification_posted&) { notifications.insert(at_); }
  void read(const notification_cleared& e) { REQUIRE(notifications.erase(raw(e.id)) == 1); }

  std::uint64_t at_ = 0;
};

/// A stream with its judge beside it.
class judged_stream {
public:
  explicit judged_stream(decision_policy policy) : user(std::move(policy)) {}

  decision run(const command& what) {
    auto made = user.run(what);
    REQUIRE((!made.refused || made.events.empty()));
    for (; seen_ < user.log().size(); ++seen_)
      books.fold(user.log()[seen_]);
    return made;
  }

  stream user;
  judge books;

private:
  std::size_t seen_ = 0;
};

/// Few keys, amounts and merchants, so that pendings and bookings meet often, alone and by several.
transaction random_row(rng& random) {
  const auto merchants = std::to_array<const char*>({"Lidl", "Catena", "Zzz"});
  auto row = payment(std::to_string(random() % 40), "BT Pay");
  row.merchant = merchants[random() % merchants.size()];
  row.date += std::chrono::hours{random() % 240};
  row.amount.minor = -100 * static_cast<std::int64_t>(1 + random() % 3);
  row.bank = random() % 2 == 0 ? bank_status::pending : bank_status::booked;
  row.status = random() % 3 == 0 ? transaction_status::synced : transaction_status::pending;
  if (random() % 6 == 0)
    row.replaces = std::to_string(random() % 40);
  return row;
}

import_transactions random_import(rng& random) {
  import_transactions made;
  for (auto n = random() % 6; n > 0; --n)
    made.rows.push_back(random_row(random));
  if (random() % 3 == 0)
    made.withdrawn.push_back({"bank", std::to_string(random() % 40)});
  return made;
}

command random_decision(rng& random, const judge& books) {
  const transaction_id id{books.any(random)};
  switch (random() % 12) {
  case 0:
    return auto_categorize{};
  case 1:
    return categorize{id, random() % 2 == 0 ? "food" : "presents", random() % 2 == 0};
  case 2:
    return uncategorize{id};
  case 3:
    return remove_transaction{id};
  case 4:
    return restore_transaction{id};
  case 5:
  case 6:
    return match_transactions{id, transaction_id{books.any(random)}};
  case 7:
    return unmatch_transaction{id};
  case 8:
    return decline_match{id};
  case 9:
    return forget_merchant{random() % 2 == 0 ? "LIDL" : "zzz"};
  case 10: {
    notification_posted note;
    note.key = std::to_string(random() % 5);
    return post_notification{note};
  }
  default:
    return clear_notifications{{notification_id{random() % 50}, notification_id{random() % 50}}};
  }
}

command random_command(rng& random, const judge& books) {
  if (random() % 3 != 0)
    return random_decision(random, books);
  if (random() % 8 == 0)
    return set_alerts{{random() % 2 == 0 ? std::optional{money{200, {}}} : std::nullopt, {}, random() % 2 == 0}};
  return random_import(random);
}

judged_stream random_stream(rng& random, std::size_t steps) {
  judged_stream made(default_policy());
  for (; steps > 0; --steps)
    made.run(random_command(random, made.books));
  return made;
}

/// What is counted, as it is shown: the category beside the content.
std::map<std::uint64_t, std::optional<std::string>> shown(const judge& books) {
  std::map<std::uint64_t, std::optional<std::string>> made;
  for (const auto& [id, each] : books.all)
    if (each.counted())
      made.emplace(id, each.category);
  return made;
}

} // namespace

TEST_CASE("whatever is decided, events name what is there and nothing takes a place twice") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 200; ++i)
    random_stream(random, 40); // the judge requires it of every event
}

TEST_CASE("the state agrees with the log on what is gone, replaced, in question and decided") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 200; ++i) {
    const auto made = random_stream(random, 40);
    const auto& state = made.user.state();
    REQUIRE(state.transactions().size() == made.books.all.size());
    for (const auto& [id, each] : made.books.all) {
      INFO("transaction " << id);
      const auto* known = state.transactions().find(transaction_id{id});
      REQUIRE(known != nullptr);
      REQUIRE(is_live(*known) == each.listed());
      // What its source withdrew is nowhere shown, so that its other marks mean nothing any more.
      if (each.withdrawn)
        continue;
      REQUIRE(known->replaced == each.replaced_by.has_value());
      REQUIRE(known->held == each.in_question);
      REQUIRE(state.category(*known) == each.category.value_or(""));
      REQUIRE(known->decided == each.category.has_value());
    }
  }
}

TEST_CASE("every question has candidates to choose from, each listed and pending at the bank") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 200; ++i) {
    const auto made = random_stream(random, 40);
    for (const auto& [booked, candidates] : made.user.state().questions()) {
      if (!made.books.all.at(raw(booked)).listed())
        continue; // asked again when it is restored
      REQUIRE_FALSE(candidates.empty());
      for (const auto each : candidates)
        REQUIRE(made.user.state().transactions().find(each) != nullptr);
    }
  }
}

TEST_CASE("a decision that is taken back leaves what is counted as it was") {
  BTPAY_SEEDED(random);
  auto taken_back = 0;
  for (auto i = 0; i < 400; ++i) {
    auto made = random_stream(random, 25);
    const transaction_id id{made.books.any(random)};
    const auto before = shown(made.books);
    const auto found = made.books.all.find(raw(id));
    if (found == made.books.all.end() || found->second.category || found->second.in_question)
      continue;
    if (random() % 2 == 0) {
      if (made.run(categorize{id, "presents"}).answer.changed != 1)
        continue;
      REQUIRE(made.run(uncategorize{id}).answer.changed == 1);
    } else {
      // A candidate that is deleted answers questions, which stay answered.
      if (!made.user.state().asked_of(id).empty() || made.run(remove_transaction{id}).answer.changed != 1)
        continue;
      REQUIRE(shown(made.books).count(raw(id)) == 0);
      REQUIRE(made.run(restore_transaction{id}).answer.changed == 1);
    }
    REQUIRE(shown(made.books) == before);
    ++taken_back;
  }
  CHECK(taken_back > 50);
}

TEST_CASE("a decision that is made twice changes nothing the second time") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 400; ++i) {
    auto made = random_stream(random, 25);
    const auto what = random_decision(random, made.books);
    made.run(what);
    const auto before = shown(made.books);
    const auto again = made.run(what);
    REQUIRE(again.events.empty());
    REQUIRE(again.answer.changed == 0);
    REQUIRE(shown(made.books) == before);
  }
}

TEST_CASE("what a user decided survives that all sources tell everything again, and other content") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 200; ++i) {
    auto made = random_stream(random, 40);
    std::map<std::string, transaction> last;
    for (const auto& [id, each] : made.books.all)
      last.insert_or_assign(each.data.external_id, each.data);
    import_transactions everything;
    for (auto [id, row] : last) {
      if (random() % 2 == 0)
        row.description += ", told again";
      everything.rows.push_back(row);
    }
    const auto before = made.books.all;
    made.run(everything);
    for (const auto& [id, each] : before) {
      INFO("transaction " << id);
      REQUIRE(made.books.all.at(id).deleted == each.deleted);
      REQUIRE(made.books.all.at(id).withdrawn == each.withdrawn);
      if (each.category && each.by_user)
        REQUIRE(made.books.all.at(id).category == each.category);
    }
  }
}

TEST_CASE("a replay of every kind of event decides as the state that wrote it") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 150; ++i) {
    const auto made = random_stream(random, 40);
    user_state replayed;
    for (const auto& each : made.user.log())
      replayed.apply(each);
    for (auto n = 0; n < 20; ++n) {
      const auto what = random_command(random, made.books);
      const auto first = made.user.ask(what);
      const auto second = decide(replayed, what, default_policy(), fallback_profile);
      REQUIRE(first.events == second.events);
      REQUIRE(first.answer.changed == second.answer.changed);
      REQUIRE(first.refused.has_value() == second.refused.has_value());
    }
  }
}
