#pragma once
/// For tests of what is remembered of texts: transactions whose texts come again, and rules that count how often they
/// are asked.

#include "domain/classifier.hpp"
#include "domain/transaction.hpp"
#include "tests/support/seed.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btpay::testing {

/// The shipped rules.
struct counting_classifier final : classifier {
  classifier_ptr rules = make_default_classifier(shipped_rules()).value();
  mutable int asked = 0;

  text_facts classify_text(std::optional<std::string_view> text) const override { return rules->classify_text(text); }
  transaction_facts classify(const transaction& what) const override {
    ++asked;
    return rules->classify(what);
  }
};

template <class T, std::size_t N>
const T& any_of(const std::array<T, N>& some, rng& random) {
  return some[random() % N];
}

/// Of few texts, so that the same come again, in all their combinations.
inline transaction transaction_of_few_texts(rng& random) {
  const std::array<std::string, 5> descriptions{"", "BT Pay - Lidl", "BT Pay Lidl", "Uber Eats", "Farmacia Tei"};
  const std::array<std::optional<std::string>, 4> names{std::nullopt, "", "Lidl", "Uber"};
  const std::array<std::optional<std::string>, 3> categories{std::nullopt, "", "gifts"};
  const std::array<std::optional<std::uint16_t>, 3> codes{std::nullopt, std::uint16_t{5411}, std::uint16_t{4121}};
  transaction made;
  made.source = random() % 2 == 0 ? "bt" : "bt pay";
  made.description = any_of(descriptions, random);
  made.merchant = any_of(names, random);
  made.category = any_of(categories, random);
  made.mcc = any_of(codes, random);
  made.amount.minor = static_cast<std::int64_t>(random() % 3) - 1;
  made.status = random() % 2 == 0 ? transaction_status::pending : transaction_status::synced;
  return made;
}

} // namespace btpay::testing
