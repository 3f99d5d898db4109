#pragma once
/// One user's stream for tests: decides commands, gives the events their places, folds them.

#include "domain/decide.hpp"

#include <string>
#include <utility>
#include <vector>

namespace btpay::testing {

inline const user_opened fallback_profile{"ana", "Europe/Bucharest", {}};

class stream {
public:
  explicit stream(decision_policy policy) : policy_(std::move(policy)) {}

  /// Decides, and folds what was decided.
  decision run(const command& what) {
    auto made = decide(state_, what, policy_, fallback_profile);
    const auto first = next(state_.version());
    for (auto& each : made.events) {
      place(each, first);
      append(each);
    }
    return made;
  }

  /// What would be decided.
  decision ask(const command& what) const { return decide(state_, what, policy_, fallback_profile); }

  /// Folds an event that nobody decided here.
  void append(event what) {
    const auto at = next(state_.version());
    log_.push_back({at, state_.version(), user_id{1}, instant{}, std::move(what)});
    state_.apply(log_.back());
  }

  const user_state& state() const { return state_; }
  const std::vector<recorded_event>& log() const { return log_; }

private:
  decision_policy policy_;
  user_state state_;
  std::vector<recorded_event> log_;
};

inline decision_policy default_policy() { return {*make_default_classifier(shipped_rules()), false}; }

inline decision_policy moneymanager_policy() { return {make_moneymanager_classifier(), true, false}; }

/// A pending BT Pay payment of 12.30 RON.
inline transaction payment(std::string external_id, std::string description = "BT Pay - Lidl") {
  transaction made;
  made.source = "bank";
  made.external_id = std::move(external_id);
  made.date = instant{std::chrono::seconds{1'770'000'000}};
  made.amount.minor = -1230;
  made.description = std::move(description);
  return made;
}

} // namespace btpay::testing
