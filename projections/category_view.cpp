#include "projections/category_view.hpp"

#include "projections/amounts.hpp"
#include "projections/json_writer.hpp"
#include "projections/ranking.hpp"

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t bytes_usual = 1024;

} // namespace

category_view::category_view(const view_policy& policy)
    : category_view(policy, {}, ledger(policy.rules, {.category = true}, is_spent)) {}

category_view::category_view(const view_policy& policy, const user_rows& folded)
    : category_view(policy, folded.owner(), ledger(folded.rows(), is_spent)) {}

category_view::category_view(const view_policy& policy, const profile& whose, ledger listed)
    : policy_(policy),
      periods_(periods_of(policy)),
      profile_(whose),
      ledger_(std::move(listed)),
      today_(measure_of(policy)),
      week_(measure_of(policy)) {}

bool category_view::apply(const recorded_event& e) {
  if (const auto* opened = std::get_if<user_opened>(&e.body)) {
    const bool changed = profile_.take(*opened);
    return place() || changed;
  }
  const auto leave = [this](slot s) {
    const auto& r = ledger_.at(s);
    if (!is_spent(r))
      return false;
    today_.leave(r);
    return week_.leave(r);
  };
  const auto enter = [this](slot s) {
    const auto& r = ledger_.at(s);
    if (!is_spent(r))
      return false;
    today_.enter(r);
    return week_.enter(r);
  };
  return ledger_.apply(e, leave, enter);
}

bool category_view::advance(instant now) {
  // Within one local day no window moves.
  const bool same_day = !policy_.moneymanager && !policy_.until_now && today_.at().holds(now);
  now_ = now;
  return !same_day && place();
}

/// Puts the windows where they are now. True where that changed what is in them.
bool category_view::place() {
  if (!now_)
    return false;
  const bool today = today_.move(periods_.day.at(*now_, profile_.days()), ledger_);
  const bool week = week_.move(periods_.week.at(*now_, profile_.days()), ledger_);
  return today || week;
}

instant category_view::next_change() const {
  return std::min(periods_.day.next_move(today_.at(), ledger_, profile_.days()),
                  periods_.week.next_move(week_.at(), ledger_, profile_.days()));
}

/// In the preset the category of the newest row comes first.
std::vector<name_id> category_view::ordered() const {
  std::vector<name_id> shown;
  week_.kept().each_group([&](name_id category, group_sums) { shown.push_back(category); });
  if (policy_.moneymanager)
    return first_met<category_group>(shown, {ledger_, week_.at()});
  std::ranges::sort(shown, {}, [this](name_id category) { return ledger_.name(category); });
  return shown;
}

void category_view::render(std::string& out) const {
  out.reserve(out.size() + bytes_usual);
  const amounts how(policy_, profile_);
  json_writer json(out);
  const auto write = [&](std::string_view key, group_sums sums) {
    json.key(key).begin_object();
    json.key("count").number(count_of(sums));
    how.write(json, sums);
    json.end_object();
  };
  json.begin_object();
  for (const auto category : ordered()) {
    json.key_text(ledger_.name(category)).begin_object();
    write("today", today_.kept().of(category));
    write("week", week_.kept().of(category));
    json.end_object();
  }
  json.end_object();
}

} // namespace btpay
