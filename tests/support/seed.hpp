#pragma once
/// Randomness for tests: `SEED=…` in the environment repeats a run; the seed is printed with every failure.

#include <catch2/catch.hpp>

#include <cstdint>
#include <random>
#include <string>

namespace btpay::testing {

/// $SEED, or a fresh number.
std::uint64_t seed();

using rng = std::mt19937_64;

} // namespace btpay::testing

/// Makes `name` a random engine and has every failure after it in this scope print how to repeat the run.
#define BTPAY_SEEDED(name)                                                                                             \
  const auto name##_seed = ::btpay::testing::seed();                                                                   \
  INFO("repeat with SEED=" << name##_seed);                                                                            \
  ::btpay::testing::rng name(name##_seed)
