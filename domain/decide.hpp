#pragma once
/// The rules of one user's stream: which events a command makes. Pure: no clock, no I/O, no randomness.

#include "domain/classifier.hpp"
#include "domain/command.hpp"
#include "domain/event.hpp"
#include "domain/user_state.hpp"

#include <optional>
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

struct decision {
  std::vector<event> events;      ///< to be appended as one; may be empty
  outcome answer;                 ///< true once the events are in the log
  std::optional<refusal> refused; ///< why the whole command cannot be done; then there are no events
};

/// Decides one command. Events may name transactions that the same append imports (`nth_of_append`). An import that
/// names the same transaction twice makes one event, with the later content. A stream that was never opened gets
/// `fallback_profile` as its first event, where there is any event at all.
decision decide(const user_state&, const command&, const decision_policy&, const user_opened& fallback_profile);

} // namespace btpay
