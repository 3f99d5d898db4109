#pragma once
/// Which rules are in force: the default ones, an operator's rules file, or a compatibility preset.

#include "domain/decide.hpp"
#include "domain/errc.hpp"
#include "projections/projection.hpp"

#include <cstdint>
#include <string>

namespace btpay {

struct policies {
  decision_policy decisions;
  view_policy views;
  std::uint64_t rules_id = 0; ///< tells the preset and the text of the rules
};

/// `compat` is empty or "moneymanager"; `rules_file` is empty for the shipped rules.
result<policies> make_policies(const std::string& compat, const std::string& rules_file);

} // namespace btpay
