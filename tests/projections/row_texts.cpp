#include "projections/row_texts.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>

namespace btpay::testing {
namespace {

/// Counts how often it is asked.
struct counting final : classifier {
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
transaction any_transaction(rng& random) {
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

TEST_CASE("texts that are remembered say what they said before, under the user's own rules too") {
  BTPAY_SEEDED(random);
  const auto rules = make_default_classifier(shipped_rules()).value();
  row_texts afresh(rules, all_texts);
  row_texts remembers(rules, all_texts, row_texts::memory::of_descriptions);
  const std::array<merchant_categories, 3> owners{
      merchant_categories{}, {{rule_name_of("Lidl"), "treats"}}, {{rule_name_of("Lidl"), "home"}, {"", "nameless"}}};
  for (int round = 0; round < 20'000; ++round) {
    const auto what = any_transaction(random);
    const auto& own = any_of(owners, random);
    const auto said = remembers.classify(what, own);
    const auto expected = afresh.classify(what, own);
    REQUIRE(said.counted == expected.counted);
    REQUIRE(remembers[said.merchant] == afresh[expected.merchant]);
    REQUIRE(remembers[said.category] == afresh[expected.category]);
    REQUIRE(remembers[said.description] == what.description);
  }
}

TEST_CASE("the rules are asked once about a text that comes again") {
  const auto rules = std::make_shared<counting>();
  row_texts remembers(rules, all_texts, row_texts::memory::of_descriptions);
  transaction what;
  what.description = "BT Pay - Lidl";
  for (int round = 1; round <= 10; ++round) {
    what.date += std::chrono::hours{1};
    what.amount.minor = -round;
    CHECK(remembers[remembers.classify(what, {}).merchant] == "Lidl");
  }
  CHECK(rules->asked == 1);
}

} // namespace
} // namespace btpay::testing
