#include "projections/row_texts.hpp"

#include <cassert>

namespace btpay {

namespace {

bool brings_category(const transaction& told) { return told.category && !told.category->empty(); }

bool obeys_rules(const transaction& told) {
  return told.status != transaction_status::pending && !brings_category(told);
}

} // namespace

row_texts::row_texts(classifier_ptr rules, kept_texts kept, memory remembered)
    : rules_(std::move(rules)), kept_(kept), memory_(remembered) {
  assert(memory_ == memory::none || (kept.merchant && kept.category && kept.description));
}

told_texts row_texts::classify(const transaction& told, const merchant_categories& own) {
  if (memory_ == memory::of_descriptions)
    return recalled(told, own);
  const auto facts = rules_->classify(told);
  told_texts texts{.counted = facts.counted};
  if (kept_.merchant)
    texts.merchant = intern(facts.merchant);
  if (kept_.category) {
    const auto said = obeys_rules(told) ? category_by_rules(facts, own) : facts.category;
    texts.category = intern(brings_category(told) ? *told.category : said.value_or(std::string{}));
  }
  if (kept_.description)
    texts.description = intern(told.description);
  return texts;
}

told_texts row_texts::recalled(const transaction& told, const merchant_categories& own) {
  const auto description = intern(told.description);
  const auto place = static_cast<std::size_t>(description);
  if (place >= known_.size())
    known_.resize(names_.size());
  auto& known = known_[place];
  if (!known.is_known || !is_of(known, told))
    known = asked(told);
  told_texts texts{known.merchant_said, known.category_said, description, known.counted};
  if (!own.empty() && obeys_rules(told))
    if (const auto rule = own.find(rule_name_of((*this)[known.merchant_said])); rule != own.end())
      texts.category = intern(rule->second);
  return texts;
}

bool row_texts::is_of(const remembered& one, const transaction& told) const {
  const auto is = [this](const std::optional<name_id>& name, const std::optional<std::string>& text) {
    return name.has_value() == text.has_value() && (!name || (*this)[*name] == *text);
  };
  return one.is_income == (told.amount.minor > 0) && one.mcc == told.mcc && (*this)[one.source] == told.source &&
         is(one.merchant, told.merchant) && is(one.category, told.category);
}

row_texts::remembered row_texts::asked(const transaction& told) {
  const auto facts = rules_->classify(told);
  const auto number = [this](const std::optional<std::string>& text) {
    return text ? std::optional(intern(*text)) : std::nullopt;
  };
  return {.source = intern(told.source),
          .merchant = number(told.merchant),
          .category = number(told.category),
          .mcc = told.mcc,
          .is_income = told.amount.minor > 0,
          .is_known = true,
          .counted = facts.counted,
          .merchant_said = intern(facts.merchant),
          .category_said = intern(brings_category(told) ? *told.category : facts.category.value_or(std::string{}))};
}

} // namespace btpay
