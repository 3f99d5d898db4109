#pragma once
/// Data files of this folder, built into the program by embed.cmake.

#include <string_view>

namespace btpay::embedded {

extern const std::string_view rules;              ///< rules.json
extern const std::string_view moneymanager_rules; ///< moneymanager_rules.json

} // namespace btpay::embedded
