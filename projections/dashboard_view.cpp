#include "projections/dashboard_view.hpp"

#include "projections/amounts.hpp"
#include "projections/json_writer.hpp"
#include "projections/ranking.hpp"

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t bytes_usual = 2048;
constexpr std::size_t top_merchants_max = 5;

/// The preset counts the merchants after its own cut.
constexpr std::size_t moneymanager_merchants_max = 10;

bool is_synced_or_waiting(const row& r) noexcept { return is_synced(r) || is_waiting(r); }

auto listed_under(const view_policy& policy) noexcept { return policy.until_now ? is_synced_or_waiting : is_synced; }

} // namespace

void dashboard_view::spending::add(const row& r, wide amount) {
  total.add(r, amount);
  by_merchant.add(r, amount);
}

void dashboard_view::spending::subtract(const row& r, wide amount) {
  total.subtract(r, amount);
  by_merchant.subtract(r, amount);
}

dashboard_view::dashboard_view(const view_policy& policy, ledger listed)
    : policy_(policy),
      periods_(periods_of(policy)),
      ledger_(std::move(listed)),
      today_(measure_of(policy)),
      month_(measure_of(policy)) {}

dashboard_view::dashboard_view(const view_policy& policy)
    : dashboard_view(policy, ledger(policy.rules, {.merchant = true, .category = true}, listed_under(policy))) {}

dashboard_view::dashboard_view(const view_policy& policy, const user_rows& folded)
    : dashboard_view(policy, ledger(folded.rows(), listed_under(policy))) {
  profile_ = folded.owner();
  if (policy.until_now)
    return; // counted with the first `advance`
  const auto& rows = folded.rows().rows();
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    if (const auto& r = rows[i]; is_shown(r) && is_waiting(r))
      pending_.add(r, measured(r, measure_of(policy)));
}

bool dashboard_view::apply(const recorded_event& e) {
  if (const auto* opened = std::get_if<user_opened>(&e.body)) {
    const bool changed = profile_.take(*opened);
    return place() || changed;
  }
  bool touches_recent = false;
  const auto leave = [&](slot s) {
    const auto& r = ledger_.at(s);
    if (is_waiting(r)) {
      if (is_seen(r))
        pending_.subtract(r, measured(r, measure_of(policy_)));
      return true;
    }
    if (!is_synced(r))
      return false;
    touches_recent |= recent_days_.holds(r.date);
    const bool today = today_.leave(r);
    return month_.leave(r) || today || is_recent(s);
  };
  const auto enter = [&](slot s) {
    const auto& r = ledger_.at(s);
    if (is_waiting(r)) {
      if (is_seen(r))
        pending_.add(r, measured(r, measure_of(policy_)));
      return true;
    }
    if (!is_synced(r))
      return false;
    touches_recent |= recent_days_.holds(r.date);
    const bool today = today_.enter(r);
    return month_.enter(r) || today;
  };
  const bool matters = ledger_.apply(e, leave, enter);
  return (touches_recent && pick_recent()) || matters;
}

bool dashboard_view::advance(instant now) {
  // Within one local day no window moves, unless it ends now.
  const bool same_day = !policy_.moneymanager && today_.at().holds(now);
  now_ = now;
  if (policy_.until_now) {
    count_pending();
    place();
    return true;
  }
  return !same_day && place();
}

bool dashboard_view::is_seen(const row& r) const noexcept { return !policy_.until_now || (now_ && r.date <= *now_); }

/// Anew, from the rows: only questions about the past need it.
void dashboard_view::count_pending() {
  pending_ = {};
  ledger_.visit(seen(always, *now_, policy_), [this](slot s) {
    if (const auto& r = ledger_.at(s); is_waiting(r))
      pending_.add(r, measured(r, measure_of(policy_)));
  });
}

/// Puts the windows where they are now. True where that changed what is in them.
bool dashboard_view::place() {
  if (!now_)
    return false;
  const auto& days = profile_.days();
  const bool today = today_.move(periods_.day.at(*now_, days), ledger_);
  const bool month = month_.move(periods_.month.at(*now_, days), ledger_);
  recent_days_ = periods_.week.at(*now_, days);
  return pick_recent() || today || month;
}

/// Finds the latest rows anew; there are few. True where they are others than before.
bool dashboard_view::pick_recent() {
  latest picked;
  ledger_.visit_back(recent_days_, [&](slot s) {
    if (policy_.until_now && !is_synced(ledger_.at(s)))
      return true;
    picked.slots[picked.count++] = s;
    return picked.count < picked.slots.size();
  });
  return std::exchange(recent_, picked) != picked;
}

bool dashboard_view::is_recent(slot s) const noexcept {
  const auto shown = std::span(recent_.slots).first(recent_.count);
  return std::ranges::find(shown, s) != shown.end();
}

instant dashboard_view::next_change() const {
  const auto next = [this](const period& form, const stretch& current) {
    return form.next_move(current, ledger_, profile_.days());
  };
  return std::min(
      {next(periods_.day, today_.at()), next(periods_.month, month_.at()), next(periods_.week, recent_days_)});
}

void dashboard_view::render(std::string& out) const {
  out.reserve(out.size() + bytes_usual);
  const amounts how(policy_, profile_);
  const auto& month = month_.kept();
  const auto merchants = month.by_merchant.groups();
  json_writer json(out);
  json.begin_object();
  if (!policy_.moneymanager)
    json.key("currency").text(profile_.home().code());
  json.key("pending_count").number(pending_.count());
  how.write(json, pending_.sums(), "pending_amount", "pending_other_amounts");
  json.key("today_transactions").number(today_.kept().count());
  how.write(json, today_.kept().sums(), "today_amount", "today_other_amounts");
  json.key("month_transactions").number(month.total.count());
  how.write(json, month.total.sums(), "month_amount", "month_other_amounts");
  json.key("month_merchants")
      .number(policy_.moneymanager ? std::min(merchants, moneymanager_merchants_max) : merchants);
  render_top_merchants(json);
  render_recent(json);
  json.end_object();
}

void dashboard_view::render_top_merchants(json_writer& json) const {
  const amounts how(policy_, profile_);
  json.key("top_merchants").begin_array();
  for (const auto& each :
       top_merchants(month_.kept().by_merchant, top_merchants_max, policy_, how, {ledger_, month_.at()})) {
    json.begin_object();
    json.key("name").text(ledger_.name(each.name));
    how.write(json, each.sums);
    json.key("count").number(count_of(each.sums));
    json.end_object();
  }
  json.end_array();
}

void dashboard_view::render_recent(json_writer& json) const {
  json.key("recent_transactions").begin_array();
  for (const auto s : std::span(recent_.slots).first(recent_.count)) {
    const auto& r = ledger_.at(s);
    json.begin_object();
    json.key("merchant").text(ledger_.name(r.merchant));
    json.key("amount").decimal(measured(r, measure_of(policy_)), r.unit.exponent());
    if (!policy_.moneymanager)
      json.key("currency").text(r.unit.code());
    json.key("date").date(r.date);
    json.key("category").text_or_null(ledger_.name(category_of(r)));
    json.end_object();
  }
  json.end_array();
}

} // namespace btpay
