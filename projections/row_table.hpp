#pragma once
/// A user's transactions as they are now: the fold of imports, corrections, removals, matches and decisions into rows.

#include "domain/classifier.hpp"
#include "domain/event.hpp"
#include "domain/user_rules.hpp"
#include "projections/row_pages.hpp"
#include "projections/row_texts.hpp"

#include <array>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace btpay {

/// Rows have a slot each, for ever. A row costs 40 bytes, 44 with its description, and its share of the texts.
/// One thread.
class row_table {
public:
  /// What stands for an empty merchant, and for no category, where rows are grouped.
  static constexpr name_id unknown_merchant{1};
  static constexpr name_id other_category{2};

  /// With texts of its own.
  row_table(classifier_ptr rules, kept_texts kept);
  /// One of many that a thread folds, for a short time: they share their texts, since nothing that is shown depends on
  /// which numbers those have. `memory` outlives it.
  row_table(std::shared_ptr<row_texts> texts, std::pmr::memory_resource* memory);

  /// Folds one event, in log order. `leave` sees each slot that is about to change, `enter` each that did; a row that
  /// comes is seen by `enter` alone.
  template <class Leave, class Enter>
  void apply(const recorded_event& e, Leave&& leave, Enter&& enter) {
    if (const auto* imported = std::get_if<transaction_imported>(&e.body)) {
      enter(append(transaction_id{raw(e.at)}, imported->data));
      return;
    }
    for (const auto& next : plan(e)) {
      if (!next)
        continue;
      leave(next->where);
      commit(*next);
      enter(next->where);
    }
  }

  /// The category that a waiting row would get: by the user's own rule for its merchant, else what the row has.
  std::string_view guess(const row& r) const;

  /// Whether the user's rule for `merchant`, as a rule names it, holds for the row.
  bool is_of_merchant(const row& r, std::string_view merchant) const {
    return rule_name_of(name(r.merchant)) == merchant;
  }

  /// Has the place of the next row fetched into the cache.
  void expect() const noexcept { rows_.expect(); }

  /// By slot.
  const row_pages& rows() const noexcept { return rows_; }
  const row& at(slot s) const noexcept { return row_at(rows_, s); }
  transaction_id id(slot s) const noexcept { return transaction_id{rows_.id(static_cast<std::uint32_t>(s))}; }
  std::string_view name(name_id id) const noexcept { return (*texts_)[id]; }
  std::string_view description(slot s) const noexcept { return name(rows_.description(static_cast<std::uint32_t>(s))); }

  /// The slot of a transaction that was ever imported, also where it was removed.
  std::optional<slot> find(transaction_id id) const noexcept;

  /// One more than the greatest number of a name.
  std::size_t names() const noexcept { return texts_->size(); }

private:
  slot append(transaction_id id, const transaction& told);

  /// What an event makes of one row that is there.
  struct change {
    slot where{};
    row after;
    std::optional<name_id> description{}; ///< where the source told it
  };
  using changes = std::array<std::optional<change>, 2>;
  changes plan(const recorded_event& e);
  std::optional<change> begun(transaction_id id) const;
  void make(change& next, const transaction_corrected& e);
  void make(change& next, const transaction_removed& e);
  void make(change& next, const transaction_restored& e);
  void make(change& next, const transaction_categorized& e);
  void make(change& next, const transaction_uncategorized& e);
  changes marked(transaction_id booked, bool held, std::optional<transaction_id> pending, bool replaced) const;
  static void take_content(row& r, const transaction& told, const told_texts& texts);
  void commit(const change& next);

  std::shared_ptr<row_texts> texts_;
  row_pages rows_;                     ///< their ids grow, as the log does
  merchant_categories merchant_rules_; ///< the user's
};

/// The names under which a row is grouped.
inline name_id merchant_group(const row& r) noexcept {
  return r.merchant == name_id{} ? row_table::unknown_merchant : r.merchant;
}
inline name_id category_group(const row& r) noexcept {
  const auto category = category_of(r);
  return category == name_id{} ? row_table::other_category : category;
}

} // namespace btpay
