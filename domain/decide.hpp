#pragma once
/// The rules of one user's stream: which events a command makes. Pure: no clock, no I/O, no randomness.

#include "domain/classifier.hpp"
#include "domain/command.hpp"
#include "domain/event.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace btpay {

/// How this service decides.
struct decision_policy {
  classifier_ptr rules;
  /// `moneymanager`: booking needs an account in the currency and an amount below 100,000,000.00.
  bool booking_needs_account = false;
};

/// What must be remembered of a user to decide: the fold of its stream. Owned by the user's actor.
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
  struct known_transaction {
    transaction_id id{};
    std::uint64_t content_hash = 0;
    bool removed = false;
  };
  /// What `auto_categorize` looks at.
  struct pending_transaction {
    transaction data;
  };

  bool opened_ = false;
  user_opened profile_;
  position version_{};
  std::unordered_map<std::string, known_transaction> by_key_;      ///< source, unit separator, external id
  std::unordered_map<std::uint64_t, pending_transaction> pending_; ///< by transaction id
  std::unordered_map<std::uint64_t, std::string> key_of_;          ///< by transaction id
  std::vector<account_opened> accounts_;
  std::unordered_set<std::string> notification_keys_;
};

struct decision {
  std::vector<event> events; ///< to be appended as one; may be empty
  outcome answer;            ///< true once the events are in the log
};

/// Decides one command. An import that names the same transaction twice takes the later content and counts the first.
/// A stream that was never opened gets `fallback_profile` as its first event.
decision decide(const user_state&, const command&, const decision_policy&, const user_opened& fallback_profile);

} // namespace btpay
