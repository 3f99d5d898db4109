#pragma once
/// Which booked transaction takes which pending one's place. Inside `decide` only; the rules and their reasons are in
/// docs/decisions/0006-matching-pending-and-booked.md.

#include "domain/classifier.hpp"
#include "domain/drafted_import.hpp"
#include "domain/event.hpp"
#include "domain/user_state.hpp"

#include <chrono>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace btpay {

namespace matching {
/// A pending payment is that many days older than its booking at most, and younger at most by what clocks and the day's
/// end at the bank may differ.
inline constexpr std::chrono::days pending_before_max{7};
inline constexpr std::chrono::days pending_after_max{1};
} // namespace matching

/// Adds to the events of one decision. Sees what these events make of the state.
class matcher {
public:
  /// `rules` may be null where nothing is matched by rule: who only opens a user has none.
  matcher(const user_state& state, const classifier* rules, std::vector<event>& events)
      : state_(state), rules_(rules), events_(events) {}

  /// Matches what an import tells, all rows seen together: by link first, then by rule.
  void match_import(const drafted_import& import);

  /// Matches two, and carries over to `booked` what was decided for `pending`.
  void match(transaction_id booked, transaction_id pending, transaction_matched::author by);

  void decline(transaction_id booked);

  /// A transaction is gone by an event of this decision. Where its source withdrew it, it may just have been booked, so
  /// that a question which has one candidate left stays a question.
  void leave(transaction_id id, transaction_removed::author by);

  /// A question whose booked transaction was gone, or told pending, for a while: declined where no candidate is left.
  void reconsider(transaction_id booked);

  /// Answers the questions that have no or only one answer now. To be called last.
  void settle();

  bool is_replaced(transaction_id id) const;
  bool is_gone(transaction_id id) const { return gone_.contains(raw(id)); }
  /// Whether a booked one was matched or put on the review list here.
  bool is_placed(transaction_id booked) const { return placed_.contains(raw(booked)); }

private:
  using candidate = user_state::candidate;

  void link_pending(const told_transaction& pending);
  void link_booked(const told_transaction& booked);
  void match_by_rule(const told_transaction& booked, const drafted_import& import, const std::set<candidate>& told);
  std::vector<transaction_id> fitting(const transaction& booked, const drafted_import& import,
                                      const std::set<candidate>& told) const;
  bool may_be_linked(transaction_id booked) const;
  bool is_candidate(transaction_id id) const;
  bool is_booked(transaction_id id) const;
  bool is_asked(transaction_id booked) const;
  std::vector<transaction_id> left_of(transaction_id booked) const;
  std::string merchant_of(const transaction& what) const;

  const user_state& state_;
  const classifier* rules_;
  std::vector<event>& events_;
  const drafted_import* import_ = nullptr;
  std::unordered_set<std::uint64_t> replaced_;                  ///< here
  std::unordered_set<std::uint64_t> gone_;                      ///< here
  std::unordered_set<std::uint64_t> placed_;                    ///< here
  std::unordered_set<std::uint64_t> closed_;                    ///< questions answered here
  std::map<transaction_id, std::vector<transaction_id>> asked_; ///< questions put here
  std::vector<transaction_id> back_;                            ///< questions to reconsider
  std::vector<std::pair<transaction_id, bool>>
      left_; ///< candidates that left, and whether the rest is surely the answer
};

} // namespace btpay
