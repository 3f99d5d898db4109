#include "projections/ledger.hpp"

#include "projections/tight_vector.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>
#include <variant>

namespace btpay {

ledger::ledger(classifier_ptr rules, kept_texts kept, bool (*is_listed)(const row&))
    : rules_(std::move(rules)), kept_(kept), is_listed_(is_listed) {
  [[maybe_unused]] const auto unknown = names_.intern("Unknown");
  [[maybe_unused]] const auto other = names_.intern("other");
  assert(unknown == unknown_merchant && other == other_category);
}

bool ledger::is_there(slot s) const noexcept { return static_cast<std::uint32_t>(s) < rows_.size() && is_shown(at(s)); }

std::optional<slot> ledger::find(transaction_id id) const noexcept {
  const auto found = std::ranges::lower_bound(ids_, raw(id));
  if (found == ids_.end() || *found != raw(id))
    return std::nullopt;
  return slot{static_cast<std::uint32_t>(found - ids_.begin())};
}

std::string_view ledger::guess(const row& r) const {
  if (!merchant_rules_.empty())
    if (const auto rule = merchant_rules_.find(rule_name_of(name(r.merchant))); rule != merchant_rules_.end())
      return rule->second;
  return name(r.category);
}

/// None where the event is not of transactions that are there.
ledger::changes ledger::plan(const recorded_event& e) {
  return std::visit(
      [&]<class Happened>(const Happened& happened) -> changes {
        if constexpr (std::is_same_v<Happened, transaction_imported>) {
          return {imported(transaction_id{raw(e.at)}, happened.data)};
        } else if constexpr (requires(change c) { make(c, happened); }) {
          auto next = begun(happened.id);
          if (next)
            make(*next, happened);
          return {next};
        } else if constexpr (std::is_same_v<Happened, transaction_matched>) {
          return marked(happened.booked, false, happened.pending, true);
        } else if constexpr (std::is_same_v<Happened, transaction_unmatched>) {
          return marked(happened.booked, false, happened.pending, false);
        } else if constexpr (std::is_same_v<Happened, match_questioned>) {
          return marked(happened.booked, true, std::nullopt, false);
        } else if constexpr (std::is_same_v<Happened, match_declined>) {
          return marked(happened.booked, false, std::nullopt, false);
        } else if constexpr (std::is_same_v<Happened, merchant_remembered>) {
          merchant_rules_.insert_or_assign(happened.merchant, happened.category);
        } else if constexpr (std::is_same_v<Happened, merchant_forgotten>) {
          merchant_rules_.erase(happened.merchant);
        }
        return {};
      },
      e.body);
}

ledger::change ledger::imported(transaction_id id, const transaction& told) {
  assert(ids_.empty() || ids_.back() < raw(id));
  change next{slot{static_cast<std::uint32_t>(rows_.size())}, id, {}, &told};
  take_content(next.after, told);
  next.after.status = told.status;
  return next;
}

/// What was withdrawn stays as it is.
std::optional<ledger::change> ledger::begun(transaction_id id) const {
  const auto where = find(id);
  if (!where || at(*where).withdrawn)
    return std::nullopt;
  return change{*where, id, at(*where)};
}

void ledger::make(change& next, const transaction_corrected& e) {
  next.told = &e.data;
  take_content(next.after, e.data);
  if (!next.after.is_decided)
    next.after.status = e.data.status;
}

void ledger::make(change& next, const transaction_removed& e) {
  if (e.by == transaction_removed::author::source)
    next.after.withdrawn = true;
  else
    next.after.removed = true;
}

void ledger::make(change& next, const transaction_restored&) { next.after.removed = false; }

void ledger::make(change& next, const transaction_categorized& e) {
  next.after.status = transaction_status::synced;
  next.after.is_decided = true;
  next.after.decided = kept_.category ? names_.intern(e.category) : name_id{};
}

void ledger::make(change& next, const transaction_uncategorized&) {
  next.after.status = next.after.told;
  next.after.is_decided = false;
  next.after.decided = {};
}

ledger::changes ledger::marked(transaction_id booked, bool held, std::optional<transaction_id> pending,
                               bool replaced) const {
  changes both{begun(booked), pending ? begun(*pending) : std::nullopt};
  if (both[0])
    both[0]->after.held = held;
  if (both[1])
    both[1]->after.replaced = replaced;
  return both;
}

/// Everything that the source tells, but for its status.
void ledger::take_content(row& r, const transaction& told) {
  const auto facts = rules_->classify(told);
  // The last instant stands for "no end" everywhere, so nothing may happen at it.
  r.date = std::min(told.date, end_of_time - duration{1});
  r.minor = told.amount.minor;
  r.unit = told.amount.unit;
  r.counted = facts.counted;
  r.pending_at_bank = told.bank == bank_status::pending;
  r.told = told.status;
  if (kept_.merchant)
    r.merchant = names_.intern(facts.merchant);
  if (kept_.category) {
    const bool brought = told.category && !told.category->empty();
    // What waits is asked of the user's rules when it is shown (`guess`), since they may change; what comes settled is
    // as they are now.
    const auto said =
        told.status == transaction_status::pending ? facts.category : category_by_rules(facts, merchant_rules_);
    r.category = names_.intern(brought ? *told.category : said.value_or(std::string{}));
  }
}

void ledger::commit(const change& next) {
  const auto index = static_cast<std::uint32_t>(next.where);
  if (index == rows_.size()) {
    append_tightly(rows_, next.after);
    append_tightly(ids_, raw(next.id));
    if (kept_.description)
      append_tightly(descriptions_, name_id{});
  } else {
    if (is_shown(rows_[index]) && is_listed_(rows_[index]))
      listed_.erase(rows_, next.where);
    rows_[index] = next.after;
  }
  if (kept_.description && next.told)
    descriptions_[index] = names_.intern(next.told->description);
  if (is_shown(next.after) && is_listed_(next.after))
    listed_.insert(rows_, next.where);
}

} // namespace btpay
