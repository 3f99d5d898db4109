#pragma once
/// The default rules, as read from a rules file. The form of the file is in this folder's README.

#include "domain/errc.hpp"
#include "domain/phrase_index.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// Immutable once read.
struct rule_set {
  /// Merchant category codes from `first` to `last`, both included.
  struct mcc_range {
    std::uint16_t first;
    std::uint16_t last;
    std::uint32_t category;
  };

  phrase_index bt_pay;                 ///< what a BT Pay payment's description contains
  std::vector<std::string> categories; ///< names; indices are what the other members mean by a category
  phrase_index words;                  ///< value is the category
  std::vector<mcc_range> mccs;         ///< sorted, no two overlap
};

/// Fails with `malformed`; the message begins with the place, such as `categories[3].words[7]: …`.
result<rule_set> read_rule_set(std::string_view json);

} // namespace btpay
