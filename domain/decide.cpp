#include "domain/decide.hpp"

#include "domain/packed_transaction.hpp"
#include "domain/row_check.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace btpay {

namespace {

/// In units of the currency, not minor ones. The replaced system's book has ten digits, two of them decimals.
constexpr std::int64_t bookable_below = 100'000'000;

bool fits_the_book(const money& amount) {
  auto limit = bookable_below;
  for (auto i = 0; i < amount.unit.exponent(); ++i)
    limit *= 10;
  return magnitude(amount.minor) < limit;
}

/// The event of this import that speaks of a transaction, and the content in it.
struct told_before {
  std::size_t event;
  digest content;
};

void replace_data(event& what, const transaction& data) {
  if (auto* imported = std::get_if<transaction_imported>(&what))
    imported->data = data;
  else
    std::get<transaction_corrected>(what).data = data;
}

} // namespace

/// One command, decided member by member of the variant.
struct decider {
  const user_state& state;
  const decision_policy& policy;
  decision made;

  void operator()(const open_user& c) {
    if (!state.opened_ || state.profile_ != c.profile)
      made.events.emplace_back(c.profile);
  }

  void operator()(const open_account& c) {
    if (std::ranges::find(state.accounts_, c.account) == state.accounts_.end())
      made.events.emplace_back(c.account);
  }

  void operator()(const import_transactions& c) {
    std::unordered_map<digest, told_before, digest::hash> told;
    made.answer.fates.reserve(c.rows.size());
    for (std::size_t i = 0; i < c.rows.size(); ++i) {
      if (auto checked = check_row(c.rows[i]); checked) {
        made.answer.fates.push_back(import_row(c.rows[i], told));
      } else {
        made.answer.fates.push_back(row_fate::rejected);
        made.answer.rejected.push_back({i, std::move(checked).error()});
      }
    }
  }

  void operator()(const auto_categorize&) {
    struct booking {
      instant date;
      std::uint64_t id;
      std::string category;
    };
    std::vector<booking> bookings;
    for (const auto id : state.pending_) {
      const auto what = unpack(state.transactions_.find(transaction_id{id})->kept.view());
      if (auto category = category_to_book(what))
        bookings.push_back({what.date, id, *std::move(category)});
    }
    std::ranges::sort(bookings, [](const booking& a, const booking& b) {
      return std::tie(b.date, a.id) < std::tie(a.date, b.id); // Newest first.
    });
    for (auto& each : bookings)
      made.events.emplace_back(transaction_categorized{transaction_id{each.id}, std::move(each.category)});
    made.answer.categorized = bookings.size();
  }

  void operator()(const post_notification& c) {
    if (!c.notification.key.empty() && state.notification_keys_.contains(digest_of(c.notification.key)))
      return;
    made.events.emplace_back(c.notification);
    made.answer.posted = 1;
  }

  /// In the works.
  template <class Other>
  void operator()(const Other&) {
    made.refused = refusal{errc::unknown_command, "not yet"};
  }

private:
  row_fate import_row(const transaction& row, std::unordered_map<digest, told_before, digest::hash>& told) {
    const auto key = key_of(row);
    const auto content = digest_of(pack(row));
    if (const auto before = told.find(key); before != told.end()) {
      if (before->second.content == content)
        return row_fate::duplicate;
      before->second.content = content;
      replace_data(made.events[before->second.event], row);
      return row_fate::corrected;
    }
    const auto* known = state.transactions_.find(key);
    // What its source has withdrawn stays so, even if a later export still lists it.
    if (known && (known->removed || known->content == content))
      return row_fate::duplicate;
    told.emplace(key, told_before{made.events.size(), content});
    if (!known) {
      made.events.emplace_back(transaction_imported{row});
      return row_fate::accepted;
    }
    made.events.emplace_back(transaction_corrected{known->id, row});
    return row_fate::corrected;
  }

  std::optional<std::string> category_to_book(const transaction& what) const {
    if (what.linked || (policy.booking_needs_account && !can_be_booked(what.amount)))
      return std::nullopt;
    auto facts = policy.rules->classify(what);
    return facts.counted ? std::move(facts.category) : std::nullopt;
  }

  bool can_be_booked(const money& amount) const {
    return fits_the_book(amount) &&
           std::ranges::find(state.accounts_, amount.unit, &account_opened::unit) != state.accounts_.end();
  }
};

decision decide(const user_state& state, const command& what, const decision_policy& policy,
                const user_opened& fallback_profile) {
  decider deciding{state, policy, {}};
  std::visit(deciding, what);
  auto& events = deciding.made.events;
  const auto opens = !events.empty() && std::holds_alternative<user_opened>(events.front());
  if (!state.opened() && !events.empty() && !opens)
    events.insert(events.begin(), fallback_profile);
  return std::move(deciding.made);
}

} // namespace btpay
