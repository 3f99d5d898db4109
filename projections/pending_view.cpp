#include "projections/pending_view.hpp"

#include "projections/amounts.hpp"
#include "projections/json_writer.hpp"
#include "projections/period.hpp"

#include <utility>

namespace btpay {

namespace {

constexpr std::size_t bytes_usual = 4096;

} // namespace

// A row that was categorised may come back, and the event that brings it back does not tell its texts again: so they
// are kept for all rows.
pending_view::pending_view(const view_policy& policy) : policy_(policy), ledger_(policy.rules, all_texts, is_waiting) {}

pending_view::pending_view(const view_policy& policy, const user_rows& folded)
    : policy_(policy), profile_(folded.owner()), ledger_(folded.rows(), is_waiting) {
  count();
}

bool pending_view::apply(const recorded_event& e) {
  if (const auto* opened = std::get_if<user_opened>(&e.body))
    return profile_.take(*opened);
  if (const auto* remembered = std::get_if<merchant_remembered>(&e.body))
    return take_rule(e, remembered->merchant);
  if (const auto* forgotten = std::get_if<merchant_forgotten>(&e.body))
    return take_rule(e, forgotten->merchant);
  const auto leave = [this](slot s) {
    const auto& r = ledger_.at(s);
    if (is_waiting(r) && shown().holds(r.date))
      total_.subtract(r, measured(r, measure_of(policy_)));
    return is_waiting(r);
  };
  const auto enter = [this](slot s) {
    const auto& r = ledger_.at(s);
    if (is_waiting(r) && shown().holds(r.date))
      total_.add(r, measured(r, measure_of(policy_)));
    return is_waiting(r);
  };
  return ledger_.apply(e, leave, enter);
}

stretch pending_view::shown() const noexcept { return seen(always, now_, policy_); }

/// Counts anew where it has to, which is for questions about the past alone.
bool pending_view::advance(instant now) {
  if (!policy_.until_now || std::exchange(now_, now) == now)
    return false;
  count();
  return true;
}

void pending_view::count() {
  total_ = {};
  ledger_.visit(shown(), [this](slot s) {
    const auto& r = ledger_.at(s);
    total_.add(r, measured(r, measure_of(policy_)));
  });
}

instant pending_view::next_change() const {
  return policy_.until_now ? ledger_.first_date(shown().until).value_or(end_of_time) : end_of_time;
}

/// True where a rule of the user is for a row that is shown.
bool pending_view::take_rule(const recorded_event& e, std::string_view merchant) {
  const auto none = [](slot) { return false; };
  ledger_.apply(e, none, none);
  bool affected = false;
  std::size_t rows = 0;
  ledger_.visit_back(shown(), [&](slot s) {
    affected = ledger_.rows().is_of_merchant(ledger_.at(s), merchant);
    return !affected && ++rows < shown_max;
  });
  return affected;
}

void pending_view::render_totals(std::string& out) const {
  json_writer json(out);
  json.key("count").number(total_.count());
  amounts(policy_, profile_).write(json, total_.sums());
}

void pending_view::render(std::string& out) const {
  out.reserve(out.size() + bytes_usual);
  json_writer json(out);
  json.begin_array();
  std::size_t rows = 0;
  ledger_.visit_back(shown(), [&](slot s) {
    const auto& r = ledger_.at(s);
    json.begin_object();
    json.key("id").number(raw(ledger_.id(s)));
    json.key("merchant").text(ledger_.name(r.merchant));
    json.key("amount").decimal(measured(r, measure_of(policy_)), r.unit.exponent());
    json.key("currency").text(r.unit.code());
    json.key("date").date(r.date);
    json.key("category_guess").text_or_null(ledger_.rows().guess(r));
    json.key("description").text(ledger_.description(s));
    if (!policy_.moneymanager)
      json.key("bank_status").text(to_string(r.pending_at_bank ? bank_status::pending : bank_status::booked));
    json.end_object();
    return ++rows < shown_max;
  });
  json.end_array();
}

} // namespace btpay
