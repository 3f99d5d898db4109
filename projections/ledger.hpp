#pragma once
/// A user's transactions as they are now: the fold of imports, corrections, removals and decisions into rows.

#include "domain/classifier.hpp"
#include "domain/event.hpp"
#include "projections/name_table.hpp"
#include "projections/row.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace btpay {

/// Which texts a view needs; the others are not kept.
struct kept_texts {
  bool merchant = false;
  bool category = false;
  bool description = false;
};

/// Owned by one view. A row costs 40 bytes, 44 with its description, and its share of the texts; finding one by its
/// id is a binary search, since ids grow with the log.
class ledger {
public:
  /// What stands for an empty merchant, and for no category, where rows are grouped.
  static constexpr name_id unknown_merchant{1};
  static constexpr name_id other_category{2};

  ledger(classifier_ptr rules, kept_texts kept);

  /// Folds one event, in log order. A row that changes is first shown to `leave` as it was, then to `enter` as it
  /// is now (not where it was imported or removed just now). Both are called with the slot and tell whether they care;
  /// true where one of them did.
  template <class Leave, class Enter>
  bool apply(const recorded_event& e, Leave&& leave, Enter&& enter) {
    const auto next = plan(e);
    if (!next)
      return false;
    bool matters = is_there(next->where) && leave(next->where);
    commit(*next);
    if (is_there(next->where))
      matters |= enter(next->where);
    return matters;
  }

  row_span rows() const noexcept { return rows_; }
  transaction_id id(slot s) const noexcept { return transaction_id{ids_[static_cast<std::uint32_t>(s)]}; }
  std::string_view name(name_id id) const noexcept { return names_[id]; }
  std::string_view description(slot s) const noexcept { return names_[descriptions_[static_cast<std::uint32_t>(s)]]; }

  /// One more than the greatest number of a name.
  std::size_t names() const noexcept { return names_.size(); }

private:
  /// What an event makes of one row.
  struct change {
    slot where{};
    transaction_id id{};
    row after;
    const transaction* told = nullptr; ///< where the source told its content
  };
  std::optional<change> plan(const recorded_event& e);
  void commit(const change& next);
  bool is_there(slot s) const noexcept;
  std::optional<slot> find(transaction_id id) const noexcept;
  void take_content(row& r, const transaction& told);

  classifier_ptr rules_;
  kept_texts kept_;
  name_table names_;
  std::vector<row> rows_;
  std::vector<std::uint64_t> ids_;    ///< of the transaction in each slot, growing
  std::vector<name_id> descriptions_; ///< by slot, where they are kept
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
