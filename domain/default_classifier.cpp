#include "domain/classifier.hpp"
#include "domain/embedded.hpp"
#include "domain/fold.hpp"
#include "domain/merchant_name.hpp"
#include "domain/rule_set.hpp"
#include "domain/unicode.hpp"

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

/// Where a description says that it is BT Pay, in bytes.
struct marker {
  std::size_t begin;
  std::size_t end;
};

std::optional<marker> find_marker(const phrase_index& markers, const folded_text& words) {
  for (std::size_t i = 0; i < words.words.size(); ++i)
    if (const auto* found = markers.longest_at(words, i)) {
      const auto last = i + found->folded.words.size() - 1;
      return marker{words.words[i].source_begin, words.words[last].source_end};
    }
  return std::nullopt;
}

std::string merchant_in(std::string_view description, const std::optional<marker>& bt_pay) {
  if (bt_pay) {
    if (auto name = merchant_name(description.substr(bt_pay->end)); !name.empty())
      return name;
    if (auto name = merchant_name(description.substr(0, bt_pay->begin)); !name.empty())
      return name;
  }
  return squeeze(description);
}

bool is_bt_pay_source(std::string_view source) {
  const auto name = fold(source).text;
  return name == "btpay" || name == "bt pay";
}

class default_classifier final : public classifier {
public:
  explicit default_classifier(rule_set rules) : rules_(std::move(rules)) {}

  text_facts classify_text(std::optional<std::string_view> description) const override {
    if (!description || description->empty())
      return {};
    const auto words = fold(*description);
    const auto bt_pay = find_marker(rules_.bt_pay, words);
    return {bt_pay.has_value(), merchant_in(*description, bt_pay), category_of_text(words)};
  }

  transaction_facts classify(const transaction& what) const override {
    const auto words = fold(what.description);
    const auto bt_pay = find_marker(rules_.bt_pay, words);
    transaction_facts facts;
    facts.counted = what.amount.minor <= 0 || is_card_refund(what, bt_pay.has_value());
    facts.merchant = squeeze(what.merchant.value_or(""));
    if (facts.merchant.empty())
      facts.merchant = merchant_in(what.description, bt_pay);
    facts.category = category_of(what, words);
    return facts;
  }

private:
  /// Money that comes in is a refund only where it came through a card; the rest is income.
  static bool is_card_refund(const transaction& what, bool bt_pay) {
    return bt_pay || what.mcc || !what.merchant.value_or("").empty() || is_bt_pay_source(what.source);
  }

  /// The source's own word goes first, then its code, then what the text looks like.
  std::optional<std::string> category_of(const transaction& what, const folded_text& words) const {
    if (what.category && !what.category->empty())
      return what.category;
    if (what.mcc)
      if (auto category = category_of_mcc(*what.mcc))
        return category;
    if (what.merchant)
      if (auto category = category_of_text(fold(*what.merchant)))
        return category;
    return category_of_text(words);
  }

  std::optional<std::string> category_of_mcc(std::uint16_t mcc) const {
    const auto range = std::ranges::lower_bound(rules_.mccs, mcc, {}, &rule_set::mcc_range::last);
    if (range == rules_.mccs.end() || range->first > mcc)
      return std::nullopt;
    return rules_.categories[range->category];
  }

  std::optional<std::string> category_of_text(const folded_text& words) const {
    const auto* found = rules_.words.longest(words);
    return found ? std::optional(rules_.categories[found->value]) : std::nullopt;
  }

  rule_set rules_;
};

} // namespace

result<classifier_ptr> make_default_classifier(std::string_view rules_json) {
  return read_rule_set(rules_json).map([](rule_set rules) -> classifier_ptr {
    return std::make_shared<default_classifier>(std::move(rules));
  });
}

std::string_view shipped_rules() noexcept { return embedded::rules; }

} // namespace btpay
