#include "projections/stats_view.hpp"

#include "projections/amounts.hpp"
#include "projections/json_writer.hpp"
#include "projections/period.hpp"
#include "projections/ranking.hpp"
#include "projections/tally.hpp"
#include "projections/window.hpp"

namespace btpay {

namespace {

using std::chrono::days;

/// What is told of one period.
struct figures {
  tally total;
  grouped_tally<category_group> by_category;
  merchant_tally by_merchant;

  void add(const row& r, wide amount) {
    total.add(r, amount);
    by_category.add(r, amount);
    by_merchant.add(r, amount);
  }
  void subtract(const row& r, wide amount) {
    total.subtract(r, amount);
    by_category.subtract(r, amount);
    by_merchant.subtract(r, amount);
  }
  bool empty() const noexcept { return total.empty(); }
};

/// In the preset the month is as many times 24 hours as the UTC month has begun days.
period this_month(const view_policy& policy, instant now) {
  if (!policy.moneymanager)
    return period::local_month();
  const std::chrono::year_month_day today{std::chrono::floor<days>(now)};
  return period::rolling(days{static_cast<unsigned>(today.day())});
}

period last_30_days(const view_policy& policy) {
  return policy.moneymanager ? period::rolling(days{30}) : period::local_days(30);
}

} // namespace

stats_view::stats_view(const view_policy& policy)
    : policy_(policy), ledger_(policy.rules, {.merchant = true, .category = true}, is_spent) {}

void stats_view::apply(const recorded_event& e) {
  if (const auto* opened = std::get_if<user_opened>(&e.body)) {
    profile_.take(*opened);
    return;
  }
  const auto nothing_to_do = [](slot) { return false; };
  ledger_.apply(e, nothing_to_do, nothing_to_do);
}

void stats_view::render(std::string& out, instant now) const {
  const amounts how(policy_, profile_);
  json_writer json(out);
  const auto figures_of = [&](const period& form) {
    window<figures> within(measure_of(policy_));
    within.move(seen(form.at(now, profile_.days()), now, policy_), ledger_);
    return within;
  };
  const auto begin = [&](std::string_view key, const figures& told) {
    json.key(key).begin_object();
    json.key("transactions").number(told.total.count());
    how.write(json, told.total.sums());
  };
  json.begin_object();
  for (const auto& [key, form] :
       {std::pair{"today", periods_of(policy_).day}, std::pair{"this_month", this_month(policy_, now)}}) {
    const auto within = figures_of(form);
    begin(key, within.kept());
    json.key("categories").number(within.kept().by_category.groups());
    json.end_object();
  }

  const auto within = figures_of(last_30_days(policy_));
  begin("last_30_days", within.kept());
  const auto first = top_merchants(within.kept().by_merchant, 1, policy_, how, {ledger_, within.at()});
  json.key("top_merchant").text_or_null(first.empty() ? std::string_view{} : ledger_.name(first.front().name));
  how.write(json, first.empty() ? group_sums{} : first.front().sums, "top_merchant_spending",
            "top_merchant_other_spending");
  json.end_object();
  json.end_object();
}

} // namespace btpay
