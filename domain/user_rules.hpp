#pragma once
/// The category of a payment by the user's own rules and those of the service.

#include "domain/classifier.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace btpay {

/// Categories by folded merchant.
using merchant_categories = std::map<std::string, std::string, std::less<>>;

/// What the facts of a payment say once the user's own rule, which goes first, has been asked.
std::optional<std::string> category_by_rules(const transaction_facts&, const merchant_categories& own);

/// The name under which the user's rule for a merchant is kept.
std::string rule_name_of(std::string_view merchant);

} // namespace btpay
