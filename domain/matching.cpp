#include "domain/matching.hpp"

#include "domain/fold.hpp"
#include "domain/packed_transaction.hpp"

#include <algorithm>

namespace btpay {

namespace {

/// What is kept without being counted takes nobody's place.
bool can_count(transaction_status status) {
  return status == transaction_status::pending || status == transaction_status::synced;
}

/// `t + by`, within what an instant can be: dates of rows are checked, those of old logs need not be.
instant moved(instant t, duration by) {
  const auto at = t.time_since_epoch();
  if (by.count() < 0 ? at < duration::min() - by : at > duration::max() - by)
    return t;
  return t + by;
}

} // namespace

void matcher::match_import(const drafted_import& import) {
  import_ = &import;
  for (const auto& each : import.told)
    if (data_of(events_[each.event]).bank == bank_status::pending)
      link_pending(each);
    else
      link_booked(each);
  for (const auto& each : import.told)
    if (const auto* known = state_.transactions().find(each.id);
        known && known->pending_at_bank && data_of(events_[each.event]).bank == bank_status::booked) {
      left_.emplace_back(each.id, false); // It was booked under its own id.
      if (state_.questions().contains(each.id) && is_live(*known))
        back_.push_back(each.id);
    }
  std::set<candidate> told;
  for (const auto& each : import.told)
    if (const auto& data = data_of(events_[each.event]); data.bank == bank_status::pending && can_count(data.status))
      told.insert({likeness_of(data), data.date, each.id});
  for (const auto& each : import.told) {
    const auto* imported = std::get_if<transaction_imported>(&events_[each.event]);
    if (imported && imported->data.bank == bank_status::booked && !imported->data.replaces &&
        can_count(imported->data.status))
      match_by_rule(each, import, told);
  }
}

/// A pending one that a booked one, which came earlier, said to replace.
void matcher::link_pending(const told_transaction& pending) {
  const auto booked = state_.awaiting(pending.key);
  if (booked && may_be_linked(*booked) && !is_replaced(pending.id) && !import_->find(*booked))
    match(*booked, pending.id, transaction_matched::author::link);
}

void matcher::link_booked(const told_transaction& booked) {
  const auto& data = data_of(events_[booked.event]);
  if (!data.replaces || !may_be_linked(booked.id))
    return;
  const auto key = key_of(data.source, *data.replaces);
  if (const auto* told = import_->find(key)) {
    if (data_of(events_[told->event]).bank == bank_status::pending && !is_replaced(told->id))
      match(booked.id, told->id, transaction_matched::author::link);
  } else if (const auto* known = state_.transactions().find(key)) {
    // One that its source withdrew is nowhere counted, so there is nothing to take the place of.
    if (known->pending_at_bank && known->absent != known_transaction::absence::withdrawn && !is_replaced(known->id))
      match(booked.id, known->id, transaction_matched::author::link);
  }
}

/// Whether a link that its source told still has to be followed.
bool matcher::may_be_linked(transaction_id booked) const {
  if (placed_.contains(raw(booked)) || state_.pending_of(booked))
    return false;
  const auto* known = state_.transactions().find(booked);
  return !known || (!known->stands_alone && known->absent != known_transaction::absence::withdrawn);
}

void matcher::match_by_rule(const told_transaction& booked, const drafted_import& import,
                            const std::set<candidate>& told) {
  if (is_placed(booked.id))
    return;
  auto fits = fitting(data_of(events_[booked.event]), import, told);
  // Of several, the one that its source withdraws with the same breath is the one that was booked.
  const auto leaves = [&](transaction_id id) { return import.leaving.contains(raw(id)); };
  if (std::ranges::count_if(fits, leaves) == 1)
    fits = {*std::ranges::find_if(fits, leaves)};
  if (fits.empty())
    return;
  if (fits.size() == 1)
    return match(booked.id, fits.front(), transaction_matched::author::rule);
  placed_.insert(raw(booked.id));
  asked_.emplace(booked.id, fits);
  events_.emplace_back(match_questioned{booked.id, std::move(fits)});
}

/// The pending transactions that `booked` may be, by growing id.
std::vector<transaction_id> matcher::fitting(const transaction& booked, const drafted_import& import,
                                             const std::set<candidate>& told) const {
  std::vector<transaction_id> fits;
  const auto likeness = likeness_of(booked);
  const auto merchant = merchant_of(booked);
  const candidate first{likeness, moved(booked.date, -matching::pending_before_max), transaction_id{0}};
  const auto until = moved(booked.date, matching::pending_after_max);
  const auto within = [&](const candidate& c) { return c.likeness == likeness && c.date <= until; };
  for (auto each = state_.candidates().lower_bound(first); each != state_.candidates().end() && within(*each); ++each)
    // What this import corrects is as it tells now.
    if (!import.find(each->id) && is_candidate(each->id) &&
        merchant_of(unpack(state_.transactions().find(each->id)->kept.view())) == merchant)
      fits.push_back(each->id);
  for (auto each = told.lower_bound(first); each != told.end() && within(*each); ++each)
    if (is_candidate(each->id) && merchant_of(data_of(events_[import.find(each->id)->event])) == merchant)
      fits.push_back(each->id);
  std::ranges::sort(fits);
  return fits;
}

std::string matcher::merchant_of(const transaction& what) const { return fold(rules_->classify(what).merchant).text; }

bool matcher::is_replaced(transaction_id id) const {
  const auto* known = state_.transactions().find(id);
  return replaced_.contains(raw(id)) || (known && known->replaced);
}

bool matcher::is_candidate(transaction_id id) const {
  if (gone_.contains(raw(id)) || replaced_.contains(raw(id)))
    return false;
  const auto* known = state_.transactions().find(id);
  return !known || (is_live(*known) && can_count(known->status));
}

void matcher::match(transaction_id booked, transaction_id pending, transaction_matched::author by) {
  events_.emplace_back(transaction_matched{booked, pending, by});
  placed_.insert(raw(booked));
  closed_.insert(raw(booked));
  replaced_.insert(raw(pending));
  left_.emplace_back(pending, true);
  const auto* decided = state_.transactions().find(pending);
  if (!decided)
    return;
  const auto* own = state_.transactions().find(booked);
  if (decided->decided && !(own && own->decided))
    events_.emplace_back(transaction_categorized{booked, std::string(state_.category(*decided)),
                                                 decided->decided_by_user ? transaction_categorized::author::user
                                                                          : transaction_categorized::author::rule});
  if (decided->absent == known_transaction::absence::deleted &&
      !(own && own->absent != known_transaction::absence::none))
    events_.emplace_back(transaction_removed{booked, transaction_removed::author::user});
}

void matcher::decline(transaction_id booked) {
  closed_.insert(raw(booked));
  events_.emplace_back(match_declined{booked});
}

void matcher::leave(transaction_id id, transaction_removed::author by) {
  gone_.insert(raw(id));
  left_.emplace_back(id, by == transaction_removed::author::user);
}

void matcher::reconsider(transaction_id booked) { back_.push_back(booked); }

/// Whether it takes a pending one's place, as this decision leaves it.
bool matcher::is_booked(transaction_id id) const {
  if (const auto* told = import_ ? import_->find(id) : nullptr)
    return data_of(events_[told->event]).bank == bank_status::booked;
  const auto* known = state_.transactions().find(id);
  return known && !known->pending_at_bank;
}

/// The candidates of an open question that still are.
std::vector<transaction_id> matcher::left_of(transaction_id booked) const {
  const auto here = asked_.find(booked);
  std::vector<transaction_id> left = here != asked_.end() ? here->second : state_.questions().at(booked);
  std::erase_if(left, [this](transaction_id id) { return is_booked(id) || !is_candidate(id); });
  return left;
}

/// Whether a question still waits for its answer. Of what is gone itself, or told pending again, nothing is asked
/// before it comes back.
bool matcher::is_asked(transaction_id booked) const {
  const auto* known = state_.transactions().find(booked);
  return !closed_.contains(raw(booked)) && !is_gone(booked) && (!known || is_live(*known)) && is_booked(booked);
}

void matcher::settle() {
  for (const auto booked : back_)
    if (!closed_.contains(raw(booked)) && is_booked(booked) && left_of(booked).empty())
      decline(booked);
  for (std::size_t i = 0; i < left_.size(); ++i) {
    const auto [id, sure] = left_[i];
    auto asked = state_.asked_of(id);
    for (const auto& [booked, candidates] : asked_)
      if (std::ranges::binary_search(candidates, id))
        asked.push_back(booked);
    for (const auto booked : asked) {
      if (!is_asked(booked))
        continue;
      const auto left = left_of(booked);
      if (left.empty())
        decline(booked);
      else if (left.size() == 1 && sure)
        match(booked, left.front(), transaction_matched::author::rule);
    }
  }
}

} // namespace btpay
