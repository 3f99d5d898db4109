#include "projections/hourly_view.hpp"

#include "projections/amounts.hpp"
#include "projections/json_writer.hpp"
#include "projections/period.hpp"

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

using std::chrono::hours;

constexpr std::size_t bytes_usual = 2048;

template <std::size_t... I>
auto windows_of(measure how, std::index_sequence<I...>) {
  return std::array{((void)I, window<tally>(how))...};
}

hourly_view::cell_stretches clock_hours(instant now, const calendar& days, const view_policy& policy) {
  hourly_view::cell_stretches result;
  auto until = days.next_hour_start(now);
  auto from = days.hour_start(now);
  for (auto cell = result.rbegin(); cell != result.rend(); ++cell) {
    *cell = {from, until};
    until = from;
    from = days.hour_start(from - duration{1});
  }
  result.back() = seen(result.back(), now, policy);
  return result;
}

hourly_view::cell_stretches rolling_hours(instant now) {
  hourly_view::cell_stretches result;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const hours age(result.size() - i);
    result[i] = {shifted(now, -age), shifted(now, -age + hours{1})};
  }
  return result;
}

} // namespace

hourly_view::hourly_view(const view_policy& policy) : hourly_view(policy, {}, ledger(policy.rules, {}, is_spent)) {}

hourly_view::hourly_view(const view_policy& policy, const user_rows& folded)
    : hourly_view(policy, folded.owner(), ledger(folded.rows(), is_spent)) {}

hourly_view::hourly_view(const view_policy& policy, const profile& whose, ledger listed)
    : policy_(policy),
      profile_(whose),
      ledger_(std::move(listed)),
      cells_(windows_of(measure_of(policy), std::make_index_sequence<cells>{})) {
  place();
}

bool hourly_view::apply(const recorded_event& e) {
  if (const auto* opened = std::get_if<user_opened>(&e.body)) {
    const bool changed = profile_.take(*opened);
    if (changed)
      place();
    return changed;
  }
  const auto leave = [this](slot s) {
    const auto& r = ledger_.at(s);
    return is_spent(r) && std::ranges::any_of(cells_, [&](auto& cell) { return cell.leave(r); });
  };
  const auto enter = [this](slot s) {
    const auto& r = ledger_.at(s);
    return is_spent(r) && std::ranges::any_of(cells_, [&](auto& cell) { return cell.enter(r); });
  };
  return ledger_.apply(e, leave, enter);
}

bool hourly_view::advance(instant now) {
  const auto before = std::exchange(now_, now);
  const bool same_cells = policy_.moneymanager || policy_.until_now ? now == before : cells_.back().at().holds(now);
  if (!same_cells)
    place();
  return !same_cells;
}

/// Puts the cells where they are now.
void hourly_view::place() {
  const auto stretches = stretches_at(now_, policy_, profile_.days());
  // Where hours have gone by, the cells that stay are taken over as they are.
  const auto first = std::ranges::find(cells_, stretches.front(), &window<tally>::at);
  if (first != cells_.end())
    std::rotate(cells_.begin(), first, cells_.end()); // clang 14 cannot compile the ranges form of libstdc++ 12
  for (std::size_t i = 0; i < cells; ++i) {
    const auto from = stretches[i].from;
    cells_[i].move(stretches[i], ledger_);
    hours_[i] = static_cast<std::uint8_t>((policy_.moneymanager ? calendar{} : profile_.days()).hour_of_day(from));
  }
}

hourly_view::cell_stretches hourly_view::stretches_at(instant now, const view_policy& policy, const calendar& days) {
  return policy.moneymanager ? rolling_hours(now) : clock_hours(now, days, policy);
}

instant hourly_view::next_change() const {
  if (policy_.until_now)
    return std::min(profile_.days().next_hour_start(now_),
                    ledger_.first_date(cells_.back().at().until).value_or(end_of_time));
  if (!policy_.moneymanager)
    return cells_.back().at().until;
  // A row crosses the border that is `age` before now one microsecond after it is so old.
  auto next = end_of_time;
  for (int age = 0; age <= static_cast<int>(cells); ++age)
    if (const auto date = ledger_.first_date(shifted(now_, -hours{age})))
      next = std::min(next, shifted(*date, hours{age} + duration{1}));
  return next;
}

void hourly_view::render(std::string& out) const {
  out.reserve(out.size() + bytes_usual);
  const amounts how(policy_, profile_);
  json_writer json(out);
  json.begin_array();
  for (std::size_t i = 0; i < cells; ++i) {
    const auto sums = cells_[i].kept().sums();
    json.begin_object();
    json.key("hour").number(hours_[i]);
    json.key("timestamp").date(cells_[i].at().from);
    json.key("count").number(count_of(sums));
    how.write(json, sums);
    json.end_object();
  }
  json.end_array();
}

} // namespace btpay
