#pragma once
/// What must be remembered of a user to decide: the fold of its stream.

#include "domain/alert_sums.hpp"
#include "domain/digest.hpp"
#include "domain/event.hpp"
#include "domain/known_transactions.hpp"
#include "domain/user_rules.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace btpay {

/// Payments that may be one and the same: of one source, currency and exact amount.
digest likeness_of(const transaction&);

/// Owned by the user's actor. Costs about 150 bytes per transaction, and some 120 more for each that waits for a
/// category and its booking; see this folder's README. Folding an event costs what it changes, never the history.
class user_state {
public:
  /// Folds one event of this user. Events come in log order, each once.
  void apply(const recorded_event&);

  bool opened() const noexcept { return opened_; }
  const user_opened& profile() const noexcept { return profile_; }

  /// The last event folded; what an append must expect.
  position version() const noexcept { return version_; }

  const known_transactions& transactions() const noexcept { return transactions_; }
  const std::vector<account_opened>& accounts() const noexcept { return accounts_; }
  const alerts_set& alerts() const noexcept { return alerts_; }

  /// What `auto_categorize` looks at.
  const std::unordered_set<std::uint64_t>& waiting() const noexcept { return waiting_; }

  /// The decided category of a transaction; empty where nobody decided one.
  std::string_view category(const known_transaction&) const noexcept;

  /// The user's rules: categories by folded merchant.
  const merchant_categories& merchant_rules() const noexcept { return merchant_rules_; }

  /// The category that the user's rule gave to a merchant, by `rule_name_of` it, as of then; empty for none.
  std::string_view merchant_rule_at(const std::string& name, position) const;

  /// As of when the user's rules hold for a transaction nobody decided on: for what waits they are as they are now, for
  /// what its source calls settled as they were when it was told last.
  position rules_at(const known_transaction&) const;

  /// Derived from all this when it is asked for. Mutable, since only its user's actor has a state.
  alert_sums& sums() const noexcept { return sums_; }

  /// Whose place a booked transaction took.
  std::optional<transaction_id> pending_of(transaction_id booked) const;

  /// The open questions of the review list: candidates by booked transaction.
  const std::map<transaction_id, std::vector<transaction_id>>& questions() const noexcept { return questions_; }

  /// The booked transaction that names, as the one it replaces, a transaction of that key which did not come yet.
  std::optional<transaction_id> awaiting(const digest& key) const;

  /// A transaction that is live and pending at the bank, by what a booked one would be alike in.
  struct candidate {
    digest likeness;
    instant date{};
    transaction_id id{};
    friend auto operator<=>(const candidate& a, const candidate& b) {
      return std::tie(a.likeness.first, a.likeness.second, a.date, a.id) <=>
             std::tie(b.likeness.first, b.likeness.second, b.date, b.id);
    }
  };
  const std::set<candidate>& candidates() const noexcept { return candidates_; }

  /// The open questions that a transaction is a candidate of.
  std::vector<transaction_id> asked_of(transaction_id candidate) const;

  bool was_posted(std::string_view notification_key) const;
  bool is_unread(notification_id) const;

private:
  void fold(const user_opened&, position);
  void fold(const account_opened&, position);
  void fold(const transaction_imported&, position);
  void fold(const transaction_corrected&, position);
  void fold(const transaction_removed&, position);
  void fold(const transaction_categorized&, position);
  void fold(const transaction_uncategorized&, position);
  void fold(const notification_posted&, position);
  void fold(const transaction_restored&, position);
  void fold(const transaction_matched&, position);
  void fold(const transaction_unmatched&, position);
  void fold(const match_questioned&, position);
  void fold(const match_declined&, position);
  void fold(const merchant_remembered&, position);
  void fold(const merchant_forgotten&, position);
  void fold(const notification_cleared&, position);
  void fold(const alerts_set&, position);

  /// Changes a transaction that is there and keeps the indices true.
  template <class Change>
  void change(transaction_id, Change&&);
  void take(known_transaction&, const transaction&);
  void file(const known_transaction&);
  void unfile(const known_transaction&);
  void answer(transaction_id booked);
  void await_nothing(const known_transaction&);
  void close(transaction_id booked);
  void change_rule(const std::string& merchant, const std::string& category, position);
  std::uint32_t number_of(const std::string& category);

  bool opened_ = false;
  user_opened profile_;
  position version_{};
  known_transactions transactions_;
  std::unordered_set<std::uint64_t> waiting_;
  std::set<candidate> candidates_;
  std::unordered_map<digest, transaction_id, digest::hash> awaiting_;
  std::unordered_map<std::uint64_t, transaction_id> pending_of_;
  std::map<transaction_id, std::vector<transaction_id>> questions_;
  std::set<std::pair<transaction_id, transaction_id>> asked_of_; ///< candidate and booked of each question
  std::vector<account_opened> accounts_;
  merchant_categories merchant_rules_;
  std::unordered_map<std::string, std::vector<std::pair<position, std::string>>>
      merchant_rule_changes_;                           ///< the category from there on, empty for none
  std::unordered_map<std::uint64_t, position> told_at_; ///< of corrections since the first such rule
  std::unordered_set<digest, digest::hash> notification_keys_;
  std::vector<notification_id> unread_; ///< growing
  alerts_set alerts_;
  mutable alert_sums sums_;
  std::vector<std::string> categories_; ///< number - 1
  std::unordered_map<std::string, std::uint32_t> category_numbers_;
};

} // namespace btpay
