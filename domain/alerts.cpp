#include "domain/alerts.hpp"

#include "domain/alert_sums.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace btpay {

namespace {

/// `2026-02` of the month that begins at an instant in any zone: its middle is in that month everywhere.
std::string month_name(instant start) {
  const std::chrono::year_month_day middle(std::chrono::floor<std::chrono::days>(start + std::chrono::days{14}));
  const auto month = static_cast<unsigned>(middle.month());
  return std::to_string(static_cast<int>(middle.year())) + (month < 10 ? "-0" : "-") + std::to_string(month);
}

/// `1,250.00 RON`, for people.
std::string in_words(const money& amount) {
  auto text = to_decimal(amount);
  const auto sign = static_cast<std::size_t>(amount.minor < 0);
  auto at = std::min(text.find('.'), text.size());
  for (; at > sign + 3; at -= 3)
    text.insert(at - 3, 1, ',');
  return text + ' ' + std::string(amount.unit.code());
}

money spent_on(const counted_payment& paid) { return {paid.spent, paid.unit}; }

class alert_writer {
public:
  alert_writer(const user_state& state, const decision_policy& policy, const user_opened& profile,
               std::vector<event>& events)
      : state_(state),
        wanted_(state.alerts()),
        rules_(policy.rules),
        days_(calendar::of_zone(profile.zone).value_or(calendar())),
        events_(events) {}

  void write() {
    for (std::size_t i = 0; i < events_.size(); ++i)
      std::visit([&](const auto& e) { see(e, i); }, events_[i]);
    for (auto& [id, each] : changes_) {
      each.paid_before = each.before ? payment_of(*each.before, state_, *rules_) : std::nullopt;
      each.paid = payment_of(each.after, state_, *rules_);
    }
    if (!wanted_.budgets.empty() || wanted_.new_merchant)
      state_.sums().refresh(state_, rules_, days_);
    for (const auto id : told_)
      tell_of(id, changes_.at(id));
    tell_budgets();
    for (auto& each : made_)
      events_.emplace_back(std::move(each));
  }

private:
  struct change {
    std::optional<standing> before; ///< none for what is new
    standing after;
    std::string external_id; ///< of what is told
    std::optional<counted_payment> paid_before{};
    std::optional<counted_payment> paid{};
  };

  // What the events of the decision make of the transactions; as `user_state` folds them.

  template <class Other>
  void see(const Other&, std::size_t) {}

  void see(const transaction_imported& e, std::size_t i) {
    const auto id = raw(nth_of_append(i));
    standing made{e.data, e.data.status, {}, state_.version(), true};
    changes_.emplace(id, change{std::nullopt, std::move(made), e.data.external_id});
    told_.push_back(id);
  }

  void see(const transaction_corrected& e, std::size_t) {
    auto* c = find(e.id);
    if (!c)
      return;
    c->external_id = e.data.external_id;
    c->after.told = e.data;
    c->after.rules_at = state_.version();
    if (const auto* known = state_.transactions().find(e.id); known && !known->decided)
      c->after.status = e.data.status;
    told_.push_back(raw(e.id));
  }

  void see(const transaction_removed& e, std::size_t) { show(e.id, false); }

  void see(const transaction_categorized& e, std::size_t) {
    if (auto* c = find(e.id)) {
      c->after.status = transaction_status::synced;
      c->after.decided = e.category;
    }
  }

  void see(const transaction_matched& e, std::size_t) {
    release(e.booked);
    show(e.pending, false);
    pending_of_[raw(e.booked)] = raw(e.pending);
  }

  void see(const match_questioned& e, std::size_t) { show(e.booked, false); }
  void see(const match_declined& e, std::size_t) { release(e.booked); }

  /// From the review list; what is also gone stays so.
  void release(transaction_id booked) {
    const auto* known = state_.transactions().find(booked);
    if (!known || is_live(*known))
      show(booked, true);
  }

  void show(transaction_id id, bool is_shown) {
    if (auto* c = find(id))
      c->after.is_shown = is_shown;
  }

  change* find(transaction_id id) {
    if (const auto found = changes_.find(raw(id)); found != changes_.end())
      return &found->second;
    const auto* known = state_.transactions().find(id);
    if (!known)
      return nullptr;
    auto was = standing_of(state_, *known, state_.rules_at(*known));
    return &changes_.emplace(raw(id), change{was, was, {}}).first->second;
  }

  void tell_of(std::uint64_t id, const change& c) {
    if (!c.paid || c.paid->spent <= 0)
      return;
    if (is_large(c.paid) && !was_large(id, c))
      post("large:" + c.after.told.source + ":" + c.external_id, of_payment(*c.paid), notification_level::info,
           spent_on(*c.paid));
    if (wanted_.new_merchant && !c.paid->name.empty() && !state_.sums().was_paid(c.paid->name))
      post("merchant:" + c.paid->name, "First payment at " + c.paid->merchant + ": " + in_words(spent_on(*c.paid)),
           notification_level::info, spent_on(*c.paid));
  }

  bool is_large(const std::optional<counted_payment>& paid) const {
    return wanted_.large_from && paid && paid->unit == wanted_.large_from->unit &&
           paid->spent >= wanted_.large_from->minor;
  }

  bool was_large(std::uint64_t id, const change& c) const {
    if (is_large(c.paid_before))
      return true;
    const auto pending = pending_of_.find(id);
    if (pending == pending_of_.end())
      return false;
    const auto replaced = changes_.find(pending->second);
    return replaced != changes_.end() && is_large(replaced->second.paid_before);
  }

  void tell_budgets() {
    if (wanted_.budgets.empty())
      return;
    std::map<budget_month, exact_sum> added;
    for (const auto& [id, each] : changes_) {
      if (const auto budget = budget_of_part(each.paid_before, each.before))
        added[*budget] -= each.paid_before->spent;
      if (const auto budget = budget_of_part(each.paid, each.after))
        added[*budget] += each.paid->spent;
    }
    for (const auto& [which, more] : added)
      if (more > 0)
        tell_budget(which, state_.sums().spent(which) + more);
  }

  std::optional<budget_month> budget_of_part(const std::optional<counted_payment>& paid,
                                             const std::optional<standing>& what) const {
    return paid && what ? budget_of(*paid, wanted_, days_.month_start(what->told.date)) : std::nullopt;
  }

  void tell_budget(const budget_month& which, exact_sum spent) {
    const auto& budget = wanted_.budgets[which.first];
    if (spent <= budget.limit.minor)
      return;
    const auto month = month_name(which.second);
    std::string message = "Payments for " + budget.category + " in " + month;
    std::optional<money> amount;
    if (spent <= std::numeric_limits<std::int64_t>::max()) {
      amount = money{static_cast<std::int64_t>(spent), budget.limit.unit};
      message += " come to " + in_words(*amount) + ", over the budget of ";
    } else {
      message += " are over the budget of ";
    }
    post("budget:" + budget.category + ":" + std::string(budget.limit.unit.code()) + ":" + month,
         message + in_words(budget.limit), notification_level::warning, amount);
  }

  static std::string of_payment(const counted_payment& paid) {
    auto text = "Payment of " + in_words(spent_on(paid));
    return paid.merchant.empty() ? text : text + " at " + paid.merchant;
  }

  void post(std::string key, std::string message, notification_level level, std::optional<money> amount) {
    if (state_.was_posted(key) || !posted_.insert(key).second)
      return;
    notification_posted what;
    what.message = std::move(message);
    what.level = level;
    what.amount = amount;
    what.key = std::move(key);
    made_.push_back(std::move(what));
  }

  const user_state& state_;
  const alerts_set& wanted_;
  const classifier_ptr& rules_;
  calendar days_;
  std::vector<event>& events_;
  std::map<std::uint64_t, change> changes_; ///< by id; pointers stay valid
  std::vector<std::uint64_t> told_;         ///< ids, in the order of events
  std::unordered_map<std::uint64_t, std::uint64_t> pending_of_;
  std::set<std::string> posted_;
  std::vector<notification_posted> made_;
};

} // namespace

void post_alerts(const user_state& state, const decision_policy& policy, const user_opened& profile,
                 std::vector<event>& events) {
  const auto& wanted = state.alerts();
  if (!events.empty() && (wanted.large_from || !wanted.budgets.empty() || wanted.new_merchant))
    alert_writer(state, policy, profile, events).write();
}

} // namespace btpay
