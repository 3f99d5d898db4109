#pragma once
/// A user's transactions as they are now: the fold of imports, corrections, removals, matches and decisions into rows.

#include "domain/classifier.hpp"
#include "domain/event.hpp"
#include "domain/user_rules.hpp"
#include "projections/name_table.hpp"
#include "projections/row.hpp"
#include "projections/timeline.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btpay {

/// Which texts a view needs; the others are not kept.
struct kept_texts {
  bool merchant = false;
  bool category = false;
  bool description = false;
};

/// Owned by one view. Rows have a slot each, for ever; those that the view lists are found by their date too.
/// A row costs 40 bytes, 44 with its description, 4 to 6 more where it is listed, and its share of the texts.
class ledger {
public:
  /// What stands for an empty merchant, and for no category, where rows are grouped.
  static constexpr name_id unknown_merchant{1};
  static constexpr name_id other_category{2};

  ledger(classifier_ptr rules, kept_texts kept, bool (*is_listed)(const row&));

  /// Folds one event, in log order. A row that changes is shown to `leave` as it was, while it is still listed so, and
  /// to `enter` as it is now, when it is listed so; one that comes or goes, to one of them. Both are called with its
  /// slot and tell whether they care. True where one of them did.
  template <class Leave, class Enter>
  bool apply(const recorded_event& e, Leave&& leave, Enter&& enter) {
    bool matters = false;
    for (const auto& next : plan(e)) {
      if (!next)
        continue;
      matters |= is_there(next->where) && leave(next->where);
      commit(*next);
      if (is_there(next->where))
        matters |= enter(next->where);
    }
    return matters;
  }

  /// The category that a waiting row would get: by the user's own rule for its merchant, else what the row has.
  std::string_view guess(const row& r) const;

  /// Whether the user's rule for `merchant`, as a rule names it, holds for the row.
  bool is_of_merchant(const row& r, std::string_view merchant) const {
    return rule_name_of(name(r.merchant)) == merchant;
  }

  const row& at(slot s) const noexcept { return row_at(rows_, s); }
  transaction_id id(slot s) const noexcept { return transaction_id{ids_[static_cast<std::uint32_t>(s)]}; }
  std::string_view name(name_id id) const noexcept { return names_[id]; }
  std::string_view description(slot s) const noexcept { return names_[descriptions_[static_cast<std::uint32_t>(s)]]; }

  /// The slot of a transaction that was ever imported, also where it was removed.
  std::optional<slot> find(transaction_id id) const noexcept;

  /// One more than the greatest number of a name.
  std::size_t names() const noexcept { return names_.size(); }

  /// The date of the first listed row at or after `t`.
  std::optional<instant> first_date(instant t) const { return listed_.first_date(rows_, t); }

  /// Visits the slots of listed rows within `part`: oldest first, or newest first until `visit` returns false.
  template <class Visit>
  void visit(const stretch& part, Visit&& visit) const {
    listed_.visit(rows_, part, std::forward<Visit>(visit));
  }
  template <class Visit>
  void visit_back(const stretch& part, Visit&& visit) const {
    listed_.visit_back(rows_, part, std::forward<Visit>(visit));
  }

private:
  /// What an event makes of one row.
  struct change {
    slot where{};
    transaction_id id{};
    row after;
    const transaction* told = nullptr; ///< where the source told its content
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
  void take_content(row& r, const transaction& told);
  void commit(const change& next);
  bool is_there(slot s) const noexcept;

  classifier_ptr rules_;
  kept_texts kept_;
  bool (*is_listed_)(const row&);
  name_table names_;
  std::vector<row> rows_;
  std::vector<std::uint64_t> ids_;    ///< of the transaction in each slot; growing, as the log does
  std::vector<name_id> descriptions_; ///< by slot, where they are kept
  timeline listed_;
  merchant_categories merchant_rules_; ///< the user's
};

/// The names under which a row is grouped.
inline name_id merchant_group(const row& r) noexcept {
  return r.merchant == name_id{} ? ledger::unknown_merchant : r.merchant;
}
inline name_id category_group(const row& r) noexcept {
  const auto category = category_of(r);
  return category == name_id{} ? ledger::other_category : category;
}

} // namespace btpay
