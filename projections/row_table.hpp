#pragma once
/// A user's transactions as they are now: the fold of imports, corrections, removals, matches and decisions into rows.

#include "domain/classifier.hpp"
#include "domain/event.hpp"
#include "domain/user_rules.hpp"
#include "projections/row.hpp"
#include "projections/row_texts.hpp"

#include <array>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
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
  /// which numbers those have, and grow by doubling in `memory`, which outlives them.
  row_table(std::shared_ptr<row_texts> texts, std::pmr::memory_resource* memory);

  /// Folds one event, in log order. `leave` sees each slot that is about to change, `enter` each that did; a row that
  /// comes is seen by `enter` alone.
  template <class Leave, class Enter>
  void apply(const recorded_event& e, Leave&& leave, Enter&& enter) {
    for (const auto& next : plan(e)) {
      if (!next)
        continue;
      if (static_cast<std::uint32_t>(next->where) < rows_.size())
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

  /// By slot.
  row_span rows() const noexcept { return rows_; }
  const row& at(slot s) const noexcept { return row_at(rows_, s); }
  transaction_id id(slot s) const noexcept { return transaction_id{ids_[static_cast<std::uint32_t>(s)]}; }
  std::string_view name(name_id id) const noexcept { return (*texts_)[id]; }
  std::string_view description(slot s) const noexcept { return name(descriptions_[static_cast<std::uint32_t>(s)]); }

  /// The slot of a transaction that was ever imported, also where it was removed.
  std::optional<slot> find(transaction_id id) const noexcept;

  /// One more than the greatest number of a name.
  std::size_t names() const noexcept { return texts_->size(); }

private:
  /// What an event makes of one row.
  struct change {
    slot where{};
    transaction_id id{};
    row after;
    std::optional<name_id> description{}; ///< where the source told it
  };
  using changes = std::array<std::optional<change>, 2>;
  changes plan(const recorded_event& e);
  change imported(transaction_id id, const transaction& told);
  std::optional<change> begun(transaction_id id) const;
  void make(change& next, const transaction_corrected& e);
  void make(change& next, const transaction_removed& e);
  void make(change& next, const transaction_restored& e);
  void make(change& next, const transaction_categorized& e);
  void make(change& next, const transaction_uncategorized& e);
  changes marked(transaction_id booked, bool held, std::optional<transaction_id> pending, bool replaced) const;
  void take_content(change& next, const transaction& told);
  void commit(const change& next);

  std::shared_ptr<row_texts> texts_;
  bool is_tight_ = true;
  std::pmr::vector<row> rows_;
  std::pmr::vector<std::uint64_t> ids_;    ///< of the transaction in each slot; growing, as the log does
  std::pmr::vector<name_id> descriptions_; ///< by slot, where they are kept
  merchant_categories merchant_rules_;     ///< the user's
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
