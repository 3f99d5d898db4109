#include "projections/book.hpp"

#include "projections/amounts.hpp"
#include "projections/json_writer.hpp"
#include "projections/period.hpp"

#include <chrono>
#include <variant>

namespace btpay {

namespace {

bool is_any(const row&) { return true; }

bool is_gone(const row& r) { return r.removed || r.withdrawn || r.replaced; }

void write_row(json_writer& json, const ledger& rows, slot s, const view_policy& policy) {
  const auto& r = rows.at(s);
  const auto shows_category = !policy.moneymanager || r.counted;
  json.begin_object();
  json.key("id").number(raw(rows.id(s)));
  json.key("date").date(r.date);
  json.key("merchant").text(rows.name(r.merchant));
  json.key("amount").decimal(wide{r.minor}, r.unit.exponent());
  json.key("currency").text(r.unit.code());
  json.key("category").text_or_null(shows_category ? rows.name(category_of(r)) : std::string_view{});
  json.key("description").text(rows.description(s));
  json.key("status").text(to_string(r.status));
  if (!policy.moneymanager)
    json.key("bank_status").text(to_string(r.pending_at_bank ? bank_status::pending : bank_status::booked));
  json.end_object();
}

} // namespace

book::book(const view_policy& policy) : policy_(policy), ledger_(policy.rules, all_texts, is_any) {}

void book::apply(const recorded_event& e) {
  if (const auto* opened = std::get_if<user_opened>(&e.body)) {
    profile_.take(*opened);
    return;
  }
  note_question(e);
  const auto nothing_to_do = [](slot) { return false; };
  ledger_.apply(e, nothing_to_do, nothing_to_do);
}

void book::note_question(const recorded_event& e) {
  if (const auto* asked = std::get_if<match_questioned>(&e.body))
    questions_[asked->booked] = asked->candidates;
  else if (const auto* declined = std::get_if<match_declined>(&e.body))
    questions_.erase(declined->booked);
  else if (const auto* matched = std::get_if<transaction_matched>(&e.body))
    questions_.erase(matched->booked);
  else if (const auto* removed = std::get_if<transaction_removed>(&e.body);
           removed && removed->by == transaction_removed::author::source)
    questions_.erase(removed->id); // What the user deletes may come back, and its question with it.
}

stretch book::time_of(const book_selection& wanted, instant now) const {
  if (!wanted.days)
    return {shifted(now, -std::chrono::minutes{wanted.minutes}), end_of_time};
  const auto form =
      policy_.moneymanager ? period::rolling(std::chrono::days{*wanted.days}) : period::local_days(*wanted.days);
  return {form.at(now, profile_.days()).from, end_of_time};
}

void book::render_transactions(std::string& out, const book_selection& wanted, instant now) const {
  auto within = time_of(wanted, now);
  const auto last_seen = ledger_.find(wanted.after);
  if (last_seen)
    within.until = shifted(ledger_.at(*last_seen).date, duration{1});
  const auto fits = [&](slot s) {
    const auto& r = ledger_.at(s);
    if (last_seen && r.date == ledger_.at(*last_seen).date && s <= *last_seen)
      return false;
    return (!wanted.merchant || *wanted.merchant == ledger_.name(r.merchant)) &&
           (!wanted.category || *wanted.category == ledger_.name(category_of(r)));
  };
  std::size_t count = 0;
  bool has_more = false;
  transaction_id last{};
  json_writer json(out);
  json.begin_object();
  json.key("transactions").begin_array();
  ledger_.visit_back(within, [&](slot s) {
    if (!fits(s))
      return true;
    has_more = count == wanted.limit;
    if (has_more)
      return false;
    write_row(json, ledger_, s, policy_);
    last = ledger_.id(s);
    ++count;
    return true;
  });
  json.end_array();
  json.key("count").number(count);
  json.key("next");
  if (has_more && count != 0)
    json.number(raw(last));
  else
    json.text_or_null({});
  json.end_object();
}

void book::render_review(std::string& out) const {
  json_writer json(out);
  json.begin_array();
  for (const auto& [booked, candidates] : questions_) {
    const auto asked = ledger_.find(booked);
    if (!asked || is_gone(ledger_.at(*asked)))
      continue;
    json.begin_object();
    json.key("booked");
    write_row(json, ledger_, *asked, policy_);
    json.key("candidates").begin_array();
    for (const auto id : candidates)
      if (const auto candidate = ledger_.find(id); candidate && !is_gone(ledger_.at(*candidate)))
        write_row(json, ledger_, *candidate, policy_);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

} // namespace btpay
