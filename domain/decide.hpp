#pragma once
/// The rules of one user's stream: which events a command makes. Pure: no clock, no I/O, no randomness.

#include "domain/classifier.hpp"
#include "domain/command.hpp"
#include "domain/digest.hpp"
#include "domain/event.hpp"
#include "domain/known_transactions.hpp"

#include <cstdint>
#include <unordered_set>
#include <vector>

namespace btpay {

/// How this service decides.
struct decision_policy {
  classifier_ptr rules;
  /// `moneymanager`: booking needs an account in the currency and an amount below 100,000,000.00.
  bool booking_needs_account = false;
  /// Whether booked transactions are matched with pending ones; off in the `moneymanager` preset, which knows no such.
  bool match_bookings = true;
};

/// What must be remembered of a user to decide: the fold of its stream. Owned by the user's actor. Costs about 70 bytes
/// per transaction, and some 100 more for each that is pending or was categorised here; see this folder's README.
class user_state {
public:
  /// Folds one event of this user. Events come in log order, each once.
  void apply(const recorded_event&);

  bool opened() const noexcept { return opened_; }
  const user_opened& profile() const noexcept { return profile_; }

  /// The last event folded; what an append must expect.
  position version() const noexcept { return version_; }

private:
  friend struct decider;

  /// In the works.
  template <class Other>
  void fold(const Other&, position) {}

  void fold(const user_opened&, position);
  void fold(const account_opened&, position);
  void fold(const transaction_imported&, position);
  void fold(const transaction_corrected&, position);
  void fold(const transaction_removed&, position);
  void fold(const transaction_categorized&, position);
  void fold(const transaction_uncategorized&, position);
  void fold(const notification_posted&, position);

  /// Takes what the source tells of a transaction.
  void take(known_transaction&, const transaction&);
  /// Puts a transaction into `pending_` or takes it out, as its status says.
  void file(const known_transaction&);

  bool opened_ = false;
  user_opened profile_;
  position version_{};
  known_transactions transactions_;
  std::unordered_set<std::uint64_t> pending_; ///< ids of what `auto_categorize` looks at; each has its content kept
  std::vector<account_opened> accounts_;
  std::unordered_set<digest, digest::hash> notification_keys_;
};

struct decision {
  std::vector<event> events; ///< to be appended as one; may be empty
  outcome answer;            ///< true once the events are in the log
  std::optional<refusal> refused; ///< why the whole command cannot be done; then there are no events
};

/// Decides one command. An import that names the same transaction twice makes one event, with the later content.
/// A stream that was never opened gets `fallback_profile` as its first event, where there is any event at all.
decision decide(const user_state&, const command&, const decision_policy&, const user_opened& fallback_profile);

} // namespace btpay
