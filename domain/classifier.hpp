#pragma once
/// What the text of a transaction tells: is it a card payment that counts, whose, and of which category.

#include "domain/errc.hpp"
#include "domain/transaction.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

/// What a classifier says of one description alone (`btpay-replay text`).
struct text_facts {
  bool is_bt_pay = false;
  std::optional<std::string> merchant;
  std::optional<std::string> category;
  friend bool operator==(const text_facts&, const text_facts&) = default;
};

/// What the views need of one transaction.
struct transaction_facts {
  bool counted = false;                ///< part of pending lists and sums
  std::string merchant;                ///< for people; may be empty
  std::optional<std::string> category; ///< what the rules say; the user's own decision goes before it
};

/// Immutable, so shared by all threads; a reload makes a new one. Pure: the same text gives the same facts.
class classifier {
public:
  virtual ~classifier() = default;
  virtual text_facts classify_text(std::optional<std::string_view> description) const = 0;
  virtual transaction_facts classify(const transaction&) const = 0;
};

using classifier_ptr = std::shared_ptr<const classifier>;

/// The default rules: whole words, longest match first, folded diacritics and apostrophes, MCC before text.
/// `rules_json` is the text of a rules file (its form is in domain/README.md; the shipped one is domain/rules.json).
/// Fails with `malformed` and a message that names the place.
result<classifier_ptr> make_default_classifier(std::string_view rules_json);

/// The rules of the system that btpay replaces: plain substrings, first category of the table wins.
classifier_ptr make_moneymanager_classifier();

/// The text of the shipped rules file, built into the program.
std::string_view shipped_rules() noexcept;

} // namespace btpay
