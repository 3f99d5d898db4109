#include "domain/packed_transaction.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace btpay;

namespace {

std::string random_text(testing::rng& random, std::size_t most) {
  std::string text(random() % (most + 1), '\0');
  for (auto& c : text)
    c = static_cast<char>(random());
  return text;
}

transaction random_transaction(testing::rng& random) {
  transaction made;
  made.source = random_text(random, 3);
  made.date = instant{duration{static_cast<std::int64_t>(random() >> random() % 64)}};
  made.amount.minor = static_cast<std::int64_t>(random() >> random() % 64);
  made.amount.unit = *currency::parse(random() % 2 == 0 ? "RON" : "JPY");
  made.description = random_text(random, 300);
  if (random() % 2 == 0)
    made.merchant = random_text(random, 3);
  if (random() % 2 == 0)
    made.mcc = static_cast<std::uint16_t>(random());
  if (random() % 2 == 0)
    made.category = random_text(random, 3);
  made.bank = static_cast<bank_status>(random() % 2);
  made.status = static_cast<transaction_status>(random() % 4);
  made.linked = random() % 2 == 0;
  return made;
}

} // namespace

TEST_CASE("a packed transaction unpacks to itself without its external id") {
  BTPAY_SEEDED(random);
  for (auto i = 0; i < 20'000; ++i) {
    const auto what = random_transaction(random);
    REQUIRE(unpack(pack(what)) == what);
    auto named = what;
    named.external_id = "x";
    REQUIRE(pack(named) == pack(what));
  }
}

TEST_CASE("numbers at the ends of their range are packed too") {
  transaction what;
  what.date = instant::min();
  what.amount.minor = std::numeric_limits<std::int64_t>::min();
  CHECK(unpack(pack(what)) == what);
  what.date = instant::max();
  what.amount.minor = std::numeric_limits<std::int64_t>::max();
  CHECK(unpack(pack(what)) == what);
}

TEST_CASE("packed bytes are copied as values and empty without any") {
  packed_bytes none;
  CHECK(none.empty());
  CHECK(none.view().empty());
  const packed_bytes some(std::string_view("a\0b", 3));
  auto copy = some;
  CHECK(copy.view() == some.view());
  copy = none;
  CHECK(copy.empty());
  CHECK(some.view() == std::string_view("a\0b", 3));
}
