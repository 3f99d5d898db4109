#include "storage/crc32c.hpp"

#include "tests/storage/random_events.hpp"

using namespace btpay;
using namespace btpay::testing;

TEST_CASE("the checksum of the standard's example is the standard's") {
  CHECK(extend_crc32c(0, "123456789") == 0xE3069283);
  CHECK(extend_crc32c_portably(0, "123456789") == 0xE3069283);
  CHECK(extend_crc32c(0, "") == 0);
}

TEST_CASE("the checksum is the same with and without the CPU's instruction, in one piece and in two") {
  BTPAY_SEEDED(random);
  for (int round = 0; round < 500; ++round) {
    const auto text = random_text(random, round % 4 == 0 ? 10'000 : 300);
    const auto cut = below(random, text.size() + 1);
    const auto whole = extend_crc32c(0, text);
    REQUIRE(whole == extend_crc32c_portably(0, text));
    REQUIRE(whole == extend_crc32c(extend_crc32c(0, text.substr(0, cut)), text.substr(cut)));
  }
}
