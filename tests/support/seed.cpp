#include "tests/support/seed.hpp"

#include <cstdlib>

namespace btpay::testing {

std::uint64_t seed() {
  if (const char* text = std::getenv("SEED"))
    return std::strtoull(text, nullptr, 10);
  return std::random_device{}();
}

} // namespace btpay::testing
