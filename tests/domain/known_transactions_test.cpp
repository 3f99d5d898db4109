#include "domain/known_transactions.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <utility>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// Few of the bits differ, so that many keys share a place in the table, and many of those its mark too.
digest colliding_key(rng& random) {
  return {.first = (random() % 4) << 40U | (random() % 3) << 32U | random() % 8, .second = random() % 16};
}

} // namespace

TEST_CASE("a transaction is found by its key among many that look like it, and none that was never there") {
  BTPAY_SEEDED(random);
  known_transactions known;
  std::map<std::pair<std::uint64_t, std::uint64_t>, transaction_id> expected;
  for (std::uint64_t number = 1; number <= 2'000; ++number) {
    const auto key = colliding_key(random);
    const auto mine = expected.find({key.first, key.second});
    const auto* found = std::as_const(known).find(key);
    REQUIRE((found != nullptr) == (mine != expected.end()));
    if (found) {
      REQUIRE(found->key == key);
      REQUIRE(found->id == mine->second);
    }
    if (!found || random() % 2 == 0) {
      known.add(key, transaction_id{number});
      expected.insert_or_assign({key.first, key.second}, transaction_id{number});
    }
  }
  for (const auto& [key, id] : expected)
    REQUIRE(std::as_const(known).find(digest{key.first, key.second})->id == id);
}
