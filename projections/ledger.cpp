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

bool ledger::is_there(slot s) const noexcept { return static_cast<std::uint32_t>(s) < rows_.size() && !at(s).removed; }

std::optional<slot> ledger::find(transaction_id id) const noexcept {
  const auto found = std::ranges::lower_bound(ids_, raw(id));
  if (found == ids_.end() || *found != raw(id))
    return std::nullopt;
  return slot{static_cast<std::uint32_t>(found - ids_.begin())};
}

/// None where the event is not of a transaction that is there.
std::optional<ledger::change> ledger::plan(const recorded_event& e) {
  return std::visit(
      [&]<class Happened>(const Happened& happened) -> std::optional<change> {
        if constexpr (std::is_same_v<Happened, transaction_imported>) {
          return imported(transaction_id{raw(e.at)}, happened.data);
        } else if constexpr (requires(slot s) { changed(s, happened); }) {
          const auto where = find(happened.id);
          if (where && is_there(*where))
            return changed(*where, happened);
        }
        return std::nullopt;
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

ledger::change ledger::changed(slot where, const transaction_corrected& e) {
  change next{where, e.id, at(where), &e.data};
  take_content(next.after, e.data);
  if (!next.after.is_decided)
    next.after.status = e.data.status;
  return next;
}

ledger::change ledger::changed(slot where, const transaction_removed& e) {
  change next{where, e.id, at(where)};
  next.after.removed = true;
  return next;
}

ledger::change ledger::changed(slot where, const transaction_categorized& e) {
  change next{where, e.id, at(where)};
  next.after.status = transaction_status::synced;
  next.after.is_decided = true;
  next.after.decided = kept_.category ? names_.intern(e.category) : name_id{};
  return next;
}

ledger::change ledger::changed(slot where, const transaction_uncategorized& e) {
  change next{where, e.id, at(where)};
  if (!next.after.is_decided)
    return next; // nothing was given that could be taken back
  next.after.status = transaction_status::pending;
  next.after.is_decided = false;
  next.after.decided = {};
  return next;
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
  if (kept_.merchant)
    r.merchant = names_.intern(facts.merchant);
  if (kept_.category) {
    const bool brought = told.category && !told.category->empty();
    r.category = names_.intern(brought ? *told.category : facts.category.value_or(std::string{}));
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
    if (is_listed_(rows_[index]))
      listed_.erase(rows_, next.where);
    rows_[index] = next.after;
  }
  if (kept_.description && next.told)
    descriptions_[index] = names_.intern(next.told->description);
  if (!next.after.removed && is_listed_(next.after))
    listed_.insert(rows_, next.where);
}

} // namespace btpay
