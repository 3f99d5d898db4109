#include "domain/user_state.hpp"

#include "domain/packed_transaction.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace btpay {

namespace {

using absence = known_transaction::absence;

bool waits(const known_transaction& t) { return is_live(t) && !t.held && t.status == transaction_status::pending; }

bool may_be_matched(const known_transaction& t) { return is_live(t) && t.pending_at_bank; }

user_state::candidate as_candidate(const known_transaction& t) {
  const auto told = unpack(t.kept.view());
  return {likeness_of(told), told.date, t.id};
}

/// What a booked transaction says that it replaces, as a key.
std::optional<digest> link_of(const transaction& told) {
  if (!told.replaces || told.bank != bank_status::booked)
    return std::nullopt;
  return key_of(told.source, *told.replaces);
}

} // namespace

digest likeness_of(const transaction& what) {
  std::string text = std::to_string(what.amount.minor);
  text += what.amount.unit.code();
  text += what.source;
  return digest_of(text);
}

void user_state::apply(const recorded_event& what) {
  std::visit([&](const auto& body) { fold(body, what.at); }, what.body);
  version_ = what.at;
}

std::string_view user_state::category(const known_transaction& t) const noexcept {
  return t.category == 0 ? std::string_view{} : categories_[t.category - 1];
}

std::optional<transaction_id> user_state::pending_of(transaction_id booked) const {
  const auto found = pending_of_.find(raw(booked));
  return found == pending_of_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<transaction_id> user_state::awaiting(const digest& key) const {
  const auto found = awaiting_.find(key);
  return found == awaiting_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<transaction_id> user_state::asked_of(transaction_id candidate) const {
  std::vector<transaction_id> asked;
  for (auto each = asked_of_.lower_bound({candidate, {}}); each != asked_of_.end() && each->first == candidate; ++each)
    asked.push_back(each->second);
  return asked;
}

std::string_view user_state::merchant_rule_at(const std::string& name, position at) const {
  const auto found = merchant_rule_changes_.find(name);
  if (found == merchant_rule_changes_.end())
    return {};
  const auto& changes = found->second;
  const auto later = std::ranges::upper_bound(changes, at, {}, &std::pair<position, std::string>::first);
  return later == changes.begin() ? std::string_view{} : std::prev(later)->second;
}

/// During a fold `version_` is still the event before, so this is how it was.
position user_state::rules_at(const known_transaction& t) const {
  if (t.told == transaction_status::pending)
    return version_;
  const auto corrected = told_at_.find(raw(t.id));
  return corrected == told_at_.end() ? position{raw(t.id)} : corrected->second;
}

bool user_state::was_posted(std::string_view notification_key) const {
  return !notification_key.empty() && notification_keys_.contains(digest_of(notification_key));
}

bool user_state::is_unread(notification_id id) const { return std::ranges::binary_search(unread_, id); }

void user_state::fold(const user_opened& e, position) {
  opened_ = true;
  profile_ = e;
  sums_.forget(); // Months are the zone's.
}

void user_state::fold(const account_opened& e, position) { accounts_.push_back(e); }

void user_state::fold(const transaction_imported& e, position at) {
  auto& added = transactions_.add(key_of(e.data), transaction_id{raw(at)});
  take(added, e.data);
  file(added);
  sums_.note_new(added.id);
}

void user_state::fold(const transaction_corrected& e, position at) {
  change(e.id, [&](known_transaction& t) {
    if (t.absent == absence::withdrawn)
      return;
    take(t, e.data);
    if (!merchant_rule_changes_.empty())
      told_at_.insert_or_assign(raw(t.id), at);
  });
}

void user_state::fold(const transaction_removed& e, position) {
  change(e.id, [&](known_transaction& t) {
    if (e.by == transaction_removed::author::source)
      t.absent = absence::withdrawn;
    else if (t.absent == absence::none)
      t.absent = absence::deleted;
    if (t.absent == absence::withdrawn)
      t.kept = {};
  });
  if (e.by == transaction_removed::author::source)
    close(e.id);
}

void user_state::fold(const transaction_restored& e, position) {
  change(e.id, [](known_transaction& t) {
    if (t.absent == absence::deleted)
      t.absent = absence::none;
  });
}

void user_state::fold(const transaction_categorized& e, position) {
  change(e.id, [&](known_transaction& t) {
    t.status = transaction_status::synced;
    t.decided = true;
    t.decided_by_user = e.by == transaction_categorized::author::user;
    t.category = number_of(e.category);
  });
}

void user_state::fold(const transaction_uncategorized& e, position) {
  change(e.id, [](known_transaction& t) {
    t.status = t.told;
    t.decided = false;
    t.decided_by_user = false;
    t.category = 0;
  });
}

void user_state::fold(const notification_posted& e, position at) {
  unread_.push_back(notification_id{raw(at)});
  if (!e.key.empty())
    notification_keys_.insert(digest_of(e.key));
}

void user_state::fold(const transaction_matched& e, position) {
  answer(e.booked);
  pending_of_.insert_or_assign(raw(e.booked), e.pending);
  change(e.pending, [](known_transaction& t) { t.replaced = true; });
}

void user_state::fold(const transaction_unmatched& e, position) {
  pending_of_.erase(raw(e.booked));
  change(e.booked, [](known_transaction& t) { t.stands_alone = true; });
  change(e.pending, [](known_transaction& t) { t.replaced = false; });
}

void user_state::fold(const match_questioned& e, position) {
  close(e.booked);
  questions_.insert_or_assign(e.booked, e.candidates);
  for (const auto candidate : e.candidates)
    asked_of_.emplace(candidate, e.booked);
  change(e.booked, [](known_transaction& t) { t.held = true; });
}

void user_state::fold(const match_declined& e, position) {
  answer(e.booked);
  change(e.booked, [](known_transaction& t) { t.stands_alone = true; });
}

void user_state::fold(const merchant_remembered& e, position at) {
  change_rule(e.merchant, e.category, at);
  merchant_rules_.insert_or_assign(e.merchant, e.category);
}

void user_state::fold(const merchant_forgotten& e, position at) {
  change_rule(e.merchant, {}, at);
  merchant_rules_.erase(e.merchant);
}

void user_state::fold(const notification_cleared& e, position) {
  const auto found = std::ranges::lower_bound(unread_, e.id);
  if (found != unread_.end() && *found == e.id)
    unread_.erase(found);
}

void user_state::fold(const alerts_set& e, position) {
  alerts_ = e;
  sums_.forget();
}

/// The rule holds for all that waits, which is not history but what the user has yet to look at.
void user_state::change_rule(const std::string& merchant, const std::string& category, position at) {
  if (sums_.built())
    for (const auto id : waiting_) {
      const auto& known = *transactions_.find(transaction_id{id});
      sums_.note_change(known, rules_at(known));
    }
  merchant_rule_changes_[merchant].emplace_back(at, category);
}

template <class Change>
void user_state::change(transaction_id id, Change&& make) {
  auto* known = transactions_.find(id);
  if (!known)
    return;
  sums_.note_change(*known, rules_at(*known));
  unfile(*known);
  make(*known);
  file(*known);
}

/// Takes what the source tells of a transaction.
void user_state::take(known_transaction& known, const transaction& told) {
  await_nothing(known); // what it said before
  const auto packed = pack(told);
  known.content = digest_of(packed);
  known.kept = packed_bytes(packed);
  known.told = told.status;
  known.pending_at_bank = told.bank == bank_status::pending;
  if (!known.decided)
    known.status = told.status;
  if (const auto link = link_of(told); link && !pending_of(known.id))
    awaiting_.insert_or_assign(*link, known.id);
}

void user_state::file(const known_transaction& known) {
  if (waits(known))
    waiting_.insert(raw(known.id));
  if (may_be_matched(known))
    candidates_.insert(as_candidate(known));
}

/// To be called before a change, since what it was filed under is told by what it is.
void user_state::unfile(const known_transaction& known) {
  if (waits(known))
    waiting_.erase(raw(known.id));
  if (may_be_matched(known))
    candidates_.erase(as_candidate(known));
}

/// What `booked` is has been settled: it is no longer on the review list, nor awaits anything.
void user_state::answer(transaction_id booked) {
  close(booked);
  change(booked, [&](known_transaction& t) {
    t.held = false;
    await_nothing(t);
  });
}

void user_state::await_nothing(const known_transaction& known) {
  if (awaiting_.empty() || known.kept.empty())
    return;
  if (const auto link = link_of(unpack(known.kept.view())); link && awaiting(*link) == known.id)
    awaiting_.erase(*link);
}

void user_state::close(transaction_id booked) {
  const auto question = questions_.find(booked);
  if (question == questions_.end())
    return;
  for (const auto candidate : question->second)
    asked_of_.erase({candidate, booked});
  questions_.erase(question);
}

std::uint32_t user_state::number_of(const std::string& category) {
  const auto [found, added] = category_numbers_.try_emplace(category, 0);
  if (added) {
    categories_.push_back(category);
    found->second = static_cast<std::uint32_t>(categories_.size());
  }
  return found->second;
}

} // namespace btpay
