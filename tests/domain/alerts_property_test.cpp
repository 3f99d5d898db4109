#include "domain/calendar.hpp"
#include "tests/domain/stream.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr auto categories = std::to_array<const char*>({"food", "health", "gifts"});

/// What a log says of payments, folded from its beginning in the simplest way.
class plain_books {
public:
  plain_books(const std::vector<recorded_event>& log, std::size_t events, const classifier& rules) : rules_(rules) {
    for (std::size_t i = 0; i < events; ++i)
      std::visit([&](const auto& e) { fold(e, raw(log[i].at)); }, log[i].body);
  }

  /// Spent by category and month's first instant, in RON.
  std::map<std::pair<std::string, instant>, std::int64_t> spent(const calendar& days) const {
    std::map<std::pair<std::string, instant>, std::int64_t> sums;
    for (const auto& [id, t] : all_)
      if (counts(t))
        sums[{category_of(t), days.month_start(t.data.date)}] -= t.data.amount.minor;
    return sums;
  }

  std::set<std::string> merchants() const {
    std::set<std::string> names;
    for (const auto& [id, t] : all_)
      if (counts(t) && t.data.amount.minor < 0)
        names.insert(rule_name_of(rules_.classify(t.data).merchant));
    return names;
  }

private:
  struct entry {
    transaction data;
    std::optional<std::string> rule; ///< of the user, when it was told
    std::optional<std::string> decided{};
    bool deleted = false;
    bool withdrawn = false;
    bool replaced = false;
    bool held = false;
  };

  bool counts(const entry& t) const {
    const auto status = t.decided ? transaction_status::synced : t.data.status;
    return !t.deleted && !t.withdrawn && !t.replaced && !t.held && rules_.classify(t.data).counted &&
           (status == transaction_status::pending || status == transaction_status::synced);
  }

  std::string category_of(const entry& t) const {
    if (t.decided)
      return *t.decided;
    if (t.data.category)
      return *t.data.category;
    if (const auto rule = t.data.status == transaction_status::pending ? rule_for(t.data) : t.rule)
      return *rule;
    return rules_.classify(t.data).category.value_or("");
  }

  std::optional<std::string> rule_for(const transaction& t) const {
    const auto found = own_.find(rule_name_of(rules_.classify(t).merchant));
    return found == own_.end() ? std::nullopt : std::optional(found->second);
  }

  template <class Other>
  void fold(const Other&, std::uint64_t) {}
  void fold(const transaction_imported& e, std::uint64_t at) { all_[at] = {e.data, rule_for(e.data)}; }
  void fold(const transaction_corrected& e, std::uint64_t) {
    all_.at(raw(e.id)).data = e.data;
    all_.at(raw(e.id)).rule = rule_for(e.data);
  }
  void fold(const transaction_removed& e, std::uint64_t) {
    auto& t = all_.at(raw(e.id));
    (e.by == transaction_removed::author::source ? t.withdrawn : t.deleted) = true;
  }
  void fold(const transaction_restored& e, std::uint64_t) { all_.at(raw(e.id)).deleted = false; }
  void fold(const transaction_categorized& e, std::uint64_t) { all_.at(raw(e.id)).decided = e.category; }
  void fold(const transaction_uncategorized& e, std::uint64_t) { all_.at(raw(e.id)).decided.reset(); }
  void fold(const transaction_matched& e, std::uint64_t) {
    all_.at(raw(e.booked)).held = false;
    all_.at(raw(e.pending)).replaced = true;
  }
  void fold(const transaction_unmatched& e, std::uint64_t) { all_.at(raw(e.pending)).replaced = false; }
  void fold(const match_questioned& e, std::uint64_t) { all_.at(raw(e.booked)).held = true; }
  void fold(const match_declined& e, std::uint64_t) { all_.at(raw(e.booked)).held = false; }
  void fold(const merchant_remembered& e, std::uint64_t) { own_[e.merchant] = e.category; }
  void fold(const merchant_forgotten& e, std::uint64_t) { own_.erase(e.merchant); }

  const classifier& rules_;
  std::map<std::uint64_t, entry> all_;
  std::map<std::string, std::string> own_;
};

transaction random_row(rng& random) {
  const auto texts = std::to_array<const char*>({"BT Pay - KFC", "BT Pay - Zzz", "BT Pay - Catena", "salary"});
  auto row = payment(std::to_string(random() % 40), texts[random() % texts.size()]);
  row.date = *parse_rfc3339("2026-03-31T20:00:00Z") + std::chrono::minutes{random() % 150};
  if (random() % 3 == 0)
    row.date += std::chrono::days{random() % 40};
  row.amount.minor = 300 - 100 * static_cast<std::int64_t>(random() % 15);
  row.status = random() % 2 == 0 ? static_cast<transaction_status>(random() % 4) : transaction_status::pending;
  row.bank = random() % 2 == 0 ? bank_status::pending : bank_status::booked;
  if (random() % 6 == 0)
    row.category = categories[random() % categories.size()];
  if (row.bank == bank_status::booked && random() % 4 == 0)
    row.replaces = std::to_string(random() % 40);
  return row;
}

import_transactions random_import(rng& random) {
  import_transactions made;
  for (auto n = random() % 4; n > 0; --n)
    made.rows.push_back(random_row(random));
  if (random() % 4 == 0)
    made.withdrawn.push_back({"bank", std::to_string(random() % 40)});
  return made;
}

/// Of what there may be; refused ones change nothing.
command random_decision(rng& random, const user_state& state) {
  const auto& all = state.transactions().all();
  const auto any = [&] { return all.empty() ? transaction_id{1} : all[random() % all.size()].id; };
  switch (random() % 12) {
  case 0:
    return auto_categorize{};
  case 1:
  case 2:
    return categorize{any(), categories[random() % categories.size()], random() % 2 == 0};
  case 3:
    return uncategorize{any()};
  case 4:
    return remove_transaction{any()};
  case 5:
    return restore_transaction{any()};
  case 6:
    return unmatch_transaction{any()};
  case 7:
    return state.questions().empty() ? decline_match{any()} : decline_match{state.questions().begin()->first};
  case 8:
    return match_transactions{any(), any()};
  case 9:
    return forget_merchant{random() % 2 == 0 ? "KFC" : "Zzz"};
  case 10:
    return open_user{{"ana", random() % 2 == 0 ? "UTC" : "Europe/Bucharest", {}}};
  default: {
    alerts_set wanted;
    for (const auto* each : categories)
      wanted.budgets.push_back({each, {static_cast<std::int64_t>(random() % 6'000), {}}});
    wanted.new_merchant = random() % 4 != 0;
    return set_alerts{wanted};
  }
  }
}

std::string month_of(instant start) { return to_rfc3339(start + std::chrono::days{14}).substr(0, 7); }

std::set<std::string> keys_of(const std::vector<event>& events) {
  std::set<std::string> keys;
  for (const auto& each : events)
    if (const auto* what = std::get_if<notification_posted>(&each))
      REQUIRE(keys.insert(what->key).second);
  return keys;
}

/// What the last events of a log, from `first` on, should have told.
std::set<std::string> expected(const stream& user, std::size_t first, const classifier& rules) {
  const auto& wanted = user.state().alerts();
  const auto days = *calendar::of_zone(user.state().profile().zone);
  const plain_books before(user.log(), first, rules);
  const plain_books after(user.log(), user.log().size(), rules);
  auto was = before.spent(days);
  std::set<std::string> keys;
  for (const auto& [where, spent] : after.spent(days))
    for (const auto& each : wanted.budgets)
      if (each.category == where.first && spent > each.limit.minor && spent > was[where])
        keys.insert("budget:" + where.first + ":RON:" + month_of(where.second));
  const auto tells = [](const recorded_event& e) {
    return std::holds_alternative<transaction_imported>(e.body) ||
           std::holds_alternative<transaction_corrected>(e.body);
  };
  if (!wanted.new_merchant ||
      std::none_of(user.log().begin() + static_cast<std::ptrdiff_t>(first), user.log().end(), tells))
    return keys;
  const auto known = before.merchants();
  for (const auto& name : after.merchants())
    if (!known.contains(name))
      keys.insert("merchant:" + name);
  return keys;
}

} // namespace

TEST_CASE("a budget is told exactly when a sum from scratch first goes over it, and a merchant when first paid") {
  BTPAY_SEEDED(random);
  const auto policy = default_policy();
  std::size_t told = 0;
  for (auto round = 0; round < 60; ++round) {
    stream user(policy);
    user.append(fallback_profile);
    std::set<std::string> posted;
    for (auto step = 0; step < 60; ++step) {
      if (random() % 2 == 0) {
        user.run(random_decision(random, user.state()));
        continue;
      }
      const auto first = user.log().size();
      const auto import = random_import(random);
      user_state replayed; // Its sums are made of the whole log at once.
      for (const auto& each : user.log())
        replayed.apply(each);
      const auto fresh = decide(replayed, import, policy, fallback_profile);
      const auto made = user.run(import);
      auto keys = expected(user, first, *policy.rules);
      std::erase_if(keys, [&](const std::string& key) { return posted.contains(key); });
      REQUIRE(keys_of(made.events) == keys);
      REQUIRE(keys_of(fresh.events) == keys);
      posted.insert(keys.begin(), keys.end());
      told += keys.size();
    }
  }
  CHECK(told > 60);
}
