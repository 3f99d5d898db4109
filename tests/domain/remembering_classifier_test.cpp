#include "domain/remembering_classifier.hpp"
#include "tests/support/few_texts.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace btpay;
using namespace btpay::testing;

TEST_CASE("what was said of a text before is what its rules say of it") {
  BTPAY_SEEDED(random);
  const counting_classifier rules;
  const auto remembers = remembering(make_default_classifier(shipped_rules()).value());
  for (int round = 0; round < 20'000; ++round) {
    auto what = transaction_of_few_texts(random);
    if (random() % 2 == 0)
      what.description += std::to_string(random() % 2000);
    const auto said = remembers->classify(what);
    const auto expected = rules.classify(what);
    REQUIRE(said.counted == expected.counted);
    REQUIRE(said.merchant == expected.merchant);
    REQUIRE(said.category == expected.category);
  }
}

TEST_CASE("the rules are asked once about a text that comes again, and about other dates and amounts of it") {
  const auto rules = std::make_shared<counting_classifier>();
  const auto remembers = remembering(rules);
  transaction what;
  what.description = "BT Pay - Lidl";
  for (int round = 1; round <= 10; ++round) {
    what.date += std::chrono::hours{1};
    what.amount.minor = -round;
    CHECK(remembers->classify(what).merchant == "Lidl");
  }
  CHECK(rules->asked == 1);
  CHECK(remembers->classify_text("BT Pay - Lidl").merchant == "Lidl");
}
