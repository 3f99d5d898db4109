#include "projections/ledger.hpp"

#include "projections/tight_vector.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>
#include <utility>
#include <variant>

namespace btpay {

ledger::ledger(classifier_ptr rules, kept_texts kept) : rules_(std::move(rules)), kept_(kept) {
  [[maybe_unused]] const auto unknown = names_.intern("Unknown");
  [[maybe_unused]] const auto other = names_.intern("other");
  assert(unknown == unknown_merchant && other == other_category);
}

bool ledger::is_there(slot s) const noexcept {
  const auto index = static_cast<std::uint32_t>(s);
  return index < rows_.size() && !rows_[index].removed;
}

std::optional<slot> ledger::find(transaction_id id) const noexcept {
  const auto found = std::ranges::lower_bound(ids_, raw(id));
  if (found == ids_.end() || *found != raw(id))
    return std::nullopt;
  return slot{static_cast<std::uint32_t>(found - ids_.begin())};
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

/// None where the event is not of a transaction that is there.
std::optional<ledger::change> ledger::plan(const recorded_event& e) {
  return std::visit(
      [&](const auto& happened) -> std::optional<change> {
        using happened_type = std::decay_t<decltype(happened)>;
        if constexpr (std::is_same_v<happened_type, transaction_imported>) {
          assert(ids_.empty() || ids_.back() < raw(e.at));
          change next{.where = slot{static_cast<std::uint32_t>(rows_.size())},
                      .id = transaction_id{raw(e.at)},
                      .after = {},
                      .told = &happened.data};
          take_content(next.after, happened.data);
          next.after.status = happened.data.status;
          return next;
        } else if constexpr (requires { happened.id; }) {
          const auto where = find(happened.id);
          if (!where || !is_there(*where))
            return std::nullopt;
          change next{.where = *where, .id = happened.id, .after = row_at(rows_, *where), .told = nullptr};
          auto& after = next.after;
          if constexpr (std::is_same_v<happened_type, transaction_corrected>) {
            next.told = &happened.data;
            take_content(after, happened.data);
            if (!after.is_decided)
              after.status = happened.data.status;
          } else if constexpr (std::is_same_v<happened_type, transaction_removed>) {
            after.removed = true;
          } else if constexpr (std::is_same_v<happened_type, transaction_categorized>) {
            after.status = transaction_status::synced;
            after.is_decided = true;
            after.decided = kept_.category ? names_.intern(happened.category) : name_id{};
          } else {
            static_assert(std::is_same_v<happened_type, transaction_uncategorized>);
            if (!after.is_decided)
              return std::nullopt; // nothing was given that could be taken back
            after.status = transaction_status::pending;
            after.is_decided = false;
            after.decided = {};
          }
          return next;
        } else {
          return std::nullopt;
        }
      },
      e.body);
}

void ledger::commit(const change& next) {
  const auto index = static_cast<std::uint32_t>(next.where);
  if (index == rows_.size()) {
    append_tightly(rows_, next.after);
    append_tightly(ids_, raw(next.id));
    if (kept_.description)
      append_tightly(descriptions_, name_id{});
  } else {
    rows_[index] = next.after;
  }
  if (kept_.description && next.told) {
    descriptions_[index] = names_.intern(next.told->description);
  }
}

} // namespace btpay
