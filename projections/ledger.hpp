#pragma once
/// The rows that a view lists, by date, out of all rows of a user.

#include "projections/row_table.hpp"
#include "projections/timeline.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace btpay {

/// Owned by one view. Costs what its table does, where that is its own, and 4 to 6 bytes for each listed row.
class ledger {
public:
  /// Of a table of its own, that `apply` folds.
  ledger(classifier_ptr rules, kept_texts kept, bool (*is_listed)(const row&));

  /// Of rows that somebody else folded. They must outlive this and not change meanwhile; nothing is applied here.
  ledger(const row_table& folded, bool (*is_listed)(const row&));

  /// Folds one event, in log order. A row that changes is shown to `leave` as it was, while it is still listed so, and
  /// to `enter` as it is now, when it is listed so; one that comes or goes, to one of them. Both are called with its
  /// slot and tell whether they care. True where one of them did.
  template <class Leave, class Enter>
  bool apply(const recorded_event& e, Leave&& leave, Enter&& enter) {
    bool matters = false;
    own_->apply(
        e,
        [&](slot s) {
          if (!is_shown(at(s)))
            return;
          matters |= leave(s);
          if (is_listed_(at(s)))
            listed_.erase(rows_->rows(), s);
        },
        [&](slot s) {
          if (!is_shown(at(s)))
            return;
          if (is_listed_(at(s)))
            listed_.insert(rows_->rows(), s);
          matters |= enter(s);
        });
    return matters;
  }

  const row_table& rows() const noexcept { return *rows_; }
  const row& at(slot s) const noexcept { return rows_->at(s); }
  transaction_id id(slot s) const noexcept { return rows_->id(s); }
  std::optional<slot> find(transaction_id id) const noexcept { return rows_->find(id); }
  std::string_view name(name_id id) const noexcept { return rows_->name(id); }
  std::string_view description(slot s) const noexcept { return rows_->description(s); }
  std::size_t names() const noexcept { return rows_->names(); }

  /// The date of the first listed row at or after `t`.
  std::optional<instant> first_date(instant t) const { return listed_.first_date(rows_->rows(), t); }

  /// Visits the slots of listed rows within `part`: oldest first, or newest first until `visit` returns false.
  template <class Visit>
  void visit(const stretch& part, Visit&& visit) const {
    listed_.visit(rows_->rows(), part, std::forward<Visit>(visit));
  }
  template <class Visit>
  void visit_back(const stretch& part, Visit&& visit) const {
    listed_.visit_back(rows_->rows(), part, std::forward<Visit>(visit));
  }

private:
  std::unique_ptr<row_table> own_; ///< none: somebody else's
  const row_table* rows_;          ///< never null
  bool (*is_listed_)(const row&);
  timeline listed_;
};

} // namespace btpay
