#include "domain/decide.hpp"

#include "domain/decide_import.hpp"
#include "domain/limits.hpp"
#include "domain/matching.hpp"
#include "domain/packed_transaction.hpp"
#include "domain/row_check.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace btpay {

namespace {

using absence = known_transaction::absence;

/// In units of the currency, not minor ones. The replaced system's book has ten digits, two of them decimals.
constexpr std::int64_t bookable_below = 100'000'000;

bool fits_the_book(const money& amount) {
  auto limit = bookable_below;
  for (auto i = 0; i < amount.unit.exponent(); ++i)
    limit *= 10;
  return magnitude(amount.minor) < limit;
}

/// One command, decided member by member of the variant.
struct decider {
  const user_state& state;
  const decision_policy& policy;
  const user_opened& fallback_profile;
  decision made{};
  matcher matching{state, policy.rules.get(), made.events};

  decider(const decider&) = delete;
  decider(const user_state& s, const decision_policy& p, const user_opened& fallback)
      : state(s), policy(p), fallback_profile(fallback) {}

  void operator()(const open_user& c) {
    if (!state.opened() || state.profile() != c.profile)
      made.events.emplace_back(c.profile);
  }

  void operator()(const open_account& c) {
    if (std::ranges::find(state.accounts(), c.account) == state.accounts().end())
      made.events.emplace_back(c.account);
  }

  void operator()(const import_transactions& c) {
    made = decide_import(state, c, policy, state.opened() ? state.profile() : fallback_profile);
  }

  void operator()(const auto_categorize&) {
    struct booking {
      instant date;
      std::uint64_t id;
      std::string category;
    };
    std::vector<booking> bookings;
    for (const auto id : state.waiting()) {
      const auto what = unpack(state.transactions().find(transaction_id{id})->kept.view());
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
    if (state.was_posted(c.notification.key))
      return;
    made.events.emplace_back(c.notification);
    made.answer.posted = 1;
  }

  void operator()(const categorize& c) {
    if (auto checked = check_category(c.category); !checked)
      return refuse_with(std::move(checked).error());
    const auto* known = find_shown(c.id);
    if (!known)
      return;
    if (known->status != transaction_status::pending && known->status != transaction_status::synced)
      return refuse_with({errc::invalid_value, "the transaction is not counted, so it has no category"});
    if (!known->decided || state.category(*known) != c.category)
      made.events.emplace_back(transaction_categorized{c.id, c.category, transaction_categorized::author::user});
    if (c.remember)
      remember(*known, c.category);
    tell_changed();
  }

  void operator()(const uncategorize& c) {
    if (const auto* known = find_shown(c.id); known && known->decided)
      made.events.emplace_back(transaction_uncategorized{c.id});
    tell_changed();
  }

  void operator()(const remove_transaction& c) {
    const auto* known = find(c.id);
    if (!known)
      return;
    if (known->absent == absence::none) {
      made.events.emplace_back(transaction_removed{c.id, transaction_removed::author::user});
      matching.leave(c.id, transaction_removed::author::user);
      settle();
    }
    tell_changed();
  }

  void operator()(const restore_transaction& c) {
    const auto* known = find(c.id);
    if (!known)
      return;
    if (known->absent == absence::withdrawn)
      return refuse_with({errc::invalid_value, "its source withdrew the transaction, which is for good"});
    if (known->absent == absence::deleted) {
      made.events.emplace_back(transaction_restored{c.id});
      if (state.questions().contains(c.id)) {
        matching.reconsider(c.id);
        matching.settle();
      }
    }
    tell_changed();
  }

  void operator()(const match_transactions& c) {
    const auto* booked = find(c.booked);
    const auto* pending = booked ? find(c.pending) : nullptr;
    if (!pending)
      return;
    const auto before = state.pending_of(c.booked);
    if (before == c.pending)
      return;
    if (before)
      return refuse_with({errc::invalid_value, "the booked transaction is matched already: unmatch it first"});
    if (booked->pending_at_bank || !pending->pending_at_bank)
      return refuse_with({errc::invalid_value, "only a booked transaction takes a pending one's place"});
    if (!is_live(*booked) || !is_live(*pending))
      return refuse_with({errc::invalid_value, "a transaction that is deleted or replaced cannot be matched"});
    matching.match(c.booked, c.pending, transaction_matched::author::user);
    settle();
    tell_changed();
  }

  void operator()(const unmatch_transaction& c) {
    if (!find(c.booked))
      return;
    if (const auto pending = state.pending_of(c.booked))
      made.events.emplace_back(transaction_unmatched{c.booked, *pending});
    tell_changed();
  }

  void operator()(const decline_match& c) {
    const auto* booked = find(c.booked);
    if (!booked)
      return;
    if (state.pending_of(c.booked))
      return refuse_with({errc::invalid_value, "the transaction is matched: unmatch it instead"});
    if (state.questions().contains(c.booked))
      matching.decline(c.booked);
    else if (!booked->stands_alone)
      return refuse_with({errc::invalid_value, "the transaction is not on the review list"});
    tell_changed();
  }

  void operator()(const forget_merchant& c) {
    if (auto name = rule_name_of(c.merchant); state.merchant_rules().contains(name))
      made.events.emplace_back(merchant_forgotten{std::move(name)});
    tell_changed();
  }

  void operator()(const clear_notifications& c) {
    const std::set<notification_id> wanted(c.ids.begin(), c.ids.end());
    for (const auto id : wanted)
      if (state.is_unread(id))
        made.events.emplace_back(notification_cleared{id, c.how});
    made.answer.changed = made.events.size();
  }

  void operator()(const set_alerts& c) {
    if (auto checked = check_alerts(c.wanted); !checked)
      return refuse_with(std::move(checked).error());
    if (state.alerts() != c.wanted)
      made.events.emplace_back(c.wanted);
    tell_changed();
  }

private:
  void refuse_with(refusal why) {
    made = {};
    made.refused = std::move(why);
  }

  void tell_changed() { made.answer.changed = made.events.empty() ? 0 : 1; }

  void settle() {
    if (policy.match_bookings)
      matching.settle();
  }

  /// Refuses where there is no such transaction.
  const known_transaction* find(transaction_id id) {
    const auto* known = state.transactions().find(id);
    if (!known)
      refuse_with({errc::unknown_item, "no transaction has the id " + std::to_string(raw(id))});
    return known;
  }

  /// Also refuses where it is nowhere shown.
  const known_transaction* find_shown(transaction_id id) {
    const auto* known = find(id);
    if (!known || is_live(*known))
      return known;
    refuse_with({errc::invalid_value, known->replaced ? "a booked transaction took this one's place: decide on that"
                                                      : "the transaction is deleted"});
    return nullptr;
  }

  void remember(const known_transaction& known, const std::string& category) {
    auto name = rule_name_of(policy.rules->classify(unpack(known.kept.view())).merchant);
    if (name.empty())
      return refuse_with({errc::invalid_value, "the transaction names no merchant that could be remembered"});
    const auto rule = state.merchant_rules().find(name);
    if (rule == state.merchant_rules().end() || rule->second != category)
      made.events.emplace_back(merchant_remembered{std::move(name), category});
  }

  std::optional<std::string> category_to_book(const transaction& what) const {
    if (what.linked || (policy.booking_needs_account && !can_be_booked(what.amount)))
      return std::nullopt;
    const auto facts = policy.rules->classify(what);
    return facts.counted ? category_by_rules(facts, state.merchant_rules()) : std::nullopt;
  }

  bool can_be_booked(const money& amount) const {
    return fits_the_book(amount) &&
           std::ranges::find(state.accounts(), amount.unit, &account_opened::unit) != state.accounts().end();
  }
};

} // namespace

decision decide(const user_state& state, const command& what, const decision_policy& policy,
                const user_opened& fallback_profile) {
  decider deciding{state, policy, fallback_profile};
  std::visit(deciding, what);
  auto made = std::move(deciding.made);
  auto& events = made.events;
  const auto opens = !events.empty() && std::holds_alternative<user_opened>(events.front());
  if (!state.opened() && !events.empty() && !opens) {
    for (auto& each : events)
      shift_in_append(each);
    events.insert(events.begin(), fallback_profile);
  }
  return made;
}

} // namespace btpay
