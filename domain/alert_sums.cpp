#include "domain/alert_sums.hpp"

#include "domain/packed_transaction.hpp"
#include "domain/user_state.hpp"

#include <utility>

namespace btpay {

standing standing_of(const user_state& state, const known_transaction& t, position rules_at) {
  standing made;
  made.status = t.status;
  made.decided = state.category(t);
  made.rules_at = rules_at;
  made.is_shown = is_live(t) && !t.held;
  if (!t.kept.empty())
    made.told = unpack(t.kept.view());
  return made;
}

std::optional<counted_payment> payment_of(const standing& s, const user_state& state, const classifier& rules) {
  if (!s.is_shown || (s.status != transaction_status::pending && s.status != transaction_status::synced))
    return std::nullopt;
  auto facts = rules.classify(s.told);
  if (!facts.counted)
    return std::nullopt;
  // Refunds go off what was spent, as in the views. There is no -(-2^63); that is in old logs only, if anywhere.
  const auto spent = s.told.amount.minor < 0 ? magnitude(s.told.amount.minor) : -s.told.amount.minor;
  counted_payment made{spent, s.told.amount.unit, std::move(facts.merchant), {}, {}};
  made.name = rule_name_of(made.merchant);
  if (!s.decided.empty())
    made.category = s.decided;
  else if (s.told.category && !s.told.category->empty())
    made.category = *s.told.category;
  else if (auto rule = state.merchant_rule_at(made.name, s.rules_at); !rule.empty())
    made.category = std::string(rule);
  else
    made.category = std::move(facts.category).value_or("");
  return made;
}

std::optional<budget_month> budget_of(const counted_payment& payment, const alerts_set& alerts, instant month) {
  for (std::size_t i = 0; i < alerts.budgets.size(); ++i)
    if (alerts.budgets[i].limit.unit == payment.unit && alerts.budgets[i].category == payment.category)
      return budget_month{i, month};
  return std::nullopt;
}

void alert_sums::note_change(const known_transaction& before, position rules_at) {
  if (rules_ && !changed_.contains(raw(before.id)))
    changed_.emplace(raw(before.id), earlier{before, rules_at});
}

void alert_sums::note_new(transaction_id id) {
  if (rules_)
    changed_.try_emplace(raw(id));
}

void alert_sums::forget() { *this = {}; }

void alert_sums::refresh(const user_state& state, const classifier_ptr& rules, const calendar& days) {
  if (rules_ != rules) {
    forget();
    rules_ = rules;
    for (const auto& each : state.transactions().all())
      count(state, standing_of(state, each, state.rules_at(each)), days, 1);
    return;
  }
  for (const auto& [id, before] : changed_) {
    if (before)
      count(state, standing_of(state, before->was, before->rules_at), days, -1);
    if (const auto* now = state.transactions().find(transaction_id{id}))
      count(state, standing_of(state, *now, state.rules_at(*now)), days, 1);
  }
  changed_.clear();
}

void alert_sums::count(const user_state& state, const standing& what, const calendar& days, int sign) {
  const auto payment = payment_of(what, state, *rules_);
  if (!payment)
    return;
  if (const auto budget = budget_of(*payment, state.alerts(), days.month_start(what.told.date)))
    spent_[*budget] += sign * exact_sum{payment->spent};
  if (payment->spent <= 0 || payment->name.empty())
    return;
  const auto merchant = digest_of(payment->name);
  if (sign > 0)
    ++payments_[merchant];
  else if (--payments_[merchant] == 0)
    payments_.erase(merchant);
}

exact_sum alert_sums::spent(const budget_month& which) const {
  const auto found = spent_.find(which);
  return found == spent_.end() ? 0 : found->second;
}

bool alert_sums::was_paid(const std::string& merchant_name) const {
  return payments_.contains(digest_of(merchant_name));
}

} // namespace btpay
