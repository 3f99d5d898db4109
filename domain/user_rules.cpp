#include "domain/user_rules.hpp"

#include "domain/fold.hpp"

namespace btpay {

std::optional<std::string> category_by_rules(const transaction_facts& facts, const merchant_categories& own) {
  if (!own.empty())
    if (const auto rule = own.find(rule_name_of(facts.merchant)); rule != own.end())
      return rule->second;
  return facts.category;
}

std::string rule_name_of(std::string_view merchant) { return fold(merchant).text; }

} // namespace btpay
