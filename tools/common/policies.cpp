#include "tools/common/policies.hpp"

#include <fstream>
#include <iterator>

namespace btpay {

result<policies> make_policies(const std::string& compat, const std::string& rules_file) {
  if (compat == "moneymanager") {
    const auto rules = make_moneymanager_classifier();
    return policies{.decisions = {.rules = rules, .booking_needs_account = true, .match_bookings = false},
                    .views = {.rules = rules, .moneymanager = true}};
  }
  if (!compat.empty())
    return refuse(errc::invalid_value, "no preset named " + compat + ": use moneymanager");
  std::string text(shipped_rules());
  if (!rules_file.empty()) {
    std::ifstream file(rules_file, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (!file)
      return refuse(errc::storage_failed, "cannot read the rules in " + rules_file);
  }
  const auto rules = make_default_classifier(text);
  if (!rules)
    return tl::unexpected(refusal{rules.error().code,
                                  (rules_file.empty() ? "shipped rules" : rules_file) + ": " + rules.error().message});
  return policies{.decisions = {.rules = *rules}, .views = {.rules = *rules}};
}

} // namespace btpay
