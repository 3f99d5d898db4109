#include "domain/remembering_classifier.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace btpay {

namespace {

constexpr std::size_t remembered_max = 1024;

/// All that a classifier may look at, so that equal keys have equal facts.
struct asked_text {
  std::string description;
  std::string source;
  std::optional<std::string> merchant;
  std::optional<std::string> category;
  std::optional<std::uint16_t> mcc;
  bool is_income = false;

  bool is_of(const transaction& what) const {
    return description == what.description && source == what.source && merchant == what.merchant &&
           category == what.category && mcc == what.mcc && is_income == (what.amount.minor > 0);
  }
  void take(const transaction& what) {
    description = what.description;
    source = what.source;
    merchant = what.merchant;
    category = what.category;
    mcc = what.mcc;
    is_income = what.amount.minor > 0;
  }
};

class remembering_classifier final : public classifier {
public:
  explicit remembering_classifier(classifier_ptr rules) : rules_(std::move(rules)), known_(remembered_max) {}

  text_facts classify_text(std::optional<std::string_view> description) const override {
    return rules_->classify_text(description);
  }

  transaction_facts classify(const transaction& what) const override {
    if (last_ && last_->text.is_of(what))
      return last_->facts;
    auto& one = known_[std::hash<std::string_view>{}(what.description) % remembered_max];
    last_ = &one;
    if (!one.is_known || !one.text.is_of(what)) {
      one.facts = rules_->classify(what);
      one.text.take(what);
      one.is_known = true;
    }
    return one.facts;
  }

private:
  struct remembered {
    asked_text text;
    transaction_facts facts;
    bool is_known = false;
  };

  classifier_ptr rules_;
  mutable std::vector<remembered> known_;
  mutable const remembered* last_ = nullptr; ///< what was asked about last; the other views ask about it too
};

} // namespace

classifier_ptr remembering(classifier_ptr rules) { return std::make_shared<remembering_classifier>(std::move(rules)); }

} // namespace btpay
