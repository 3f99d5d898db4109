#include "tests/projections/history.hpp"

#include <utility>

namespace btpay::testing {

namespace {

class transparent_classifier final : public classifier {
public:
  text_facts classify_text(std::optional<std::string_view> description) const override {
    constexpr std::string_view mark = "pay ";
    text_facts facts;
    auto merchant = description.value_or("");
    facts.is_bt_pay = merchant.starts_with(mark);
    if (facts.is_bt_pay)
      merchant.remove_prefix(mark.size());
    facts.merchant = merchant;
    if (merchant.starts_with('F'))
      facts.category = "food";
    else if (merchant.starts_with('T'))
      facts.category = "travel";
    return facts;
  }

  transaction_facts classify(const transaction& t) const override {
    auto facts = classify_text(t.description);
    return {facts.is_bt_pay, std::move(*facts.merchant), std::move(facts.category)};
  }
};

} // namespace

classifier_ptr transparent_rules() {
  static const auto rules = std::make_shared<const transparent_classifier>();
  return rules;
}

instant when(std::string_view text) { return parse_rfc3339(text).value(); }

money amount_of(std::string_view text) {
  const auto space = text.find(' ');
  return parse_money(text.substr(0, space), currency::parse(text.substr(space + 1)).value()).value();
}

transaction payment(std::string_view date, std::string_view amount, std::string_view description) {
  transaction t;
  t.date = when(date);
  t.amount = amount_of(amount);
  t.description = description;
  t.status = transaction_status::synced;
  return t;
}

transaction waiting(transaction t) {
  t.status = transaction_status::pending;
  return t;
}

std::uint64_t history::add(event body) {
  // Positions are of the whole log, so one user's have gaps.
  const auto previous = events_.empty() ? log_start : events_.back().at;
  const position at{raw(previous) + 3};
  events_.push_back({at, previous, user_id{1}, instant{}, std::move(body)});
  return raw(at);
}

void history::open(std::string zone, std::string_view home) {
  add(user_opened{"ana", std::move(zone), currency::parse(home).value()});
}

} // namespace btpay::testing
