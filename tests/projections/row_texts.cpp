#include "projections/row_texts.hpp"

#include "tests/support/few_texts.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>

namespace btpay::testing {
namespace {

TEST_CASE("texts that are remembered say what they said before, under the user's own rules too") {
  BTPAY_SEEDED(random);
  const auto rules = make_default_classifier(shipped_rules()).value();
  row_texts afresh(rules, all_texts);
  row_texts remembers(rules, all_texts, row_texts::memory::of_descriptions);
  const std::array<merchant_categories, 3> owners{
      merchant_categories{}, {{rule_name_of("Lidl"), "treats"}}, {{rule_name_of("Lidl"), "home"}, {"", "nameless"}}};
  for (int round = 0; round < 20'000; ++round) {
    const auto what = transaction_of_few_texts(random);
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
  const auto rules = std::make_shared<counting_classifier>();
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
