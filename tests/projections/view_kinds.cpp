#include "projections/projection.hpp"

#include <catch2/catch.hpp>

namespace btpay::testing {
namespace {

TEST_CASE("each kind of view is read back from its name") {
  for (std::size_t i = 0; i < view_kinds; ++i) {
    const auto kind = static_cast<view_kind>(i);
    CHECK(parse_view_kind(to_string(kind)) == kind);
  }
  CHECK(to_string(view_kind::categories) == "categories");
  for (const auto* unknown : {"", "stats", "Dashboard", "dashboard "})
    CHECK_FALSE(parse_view_kind(unknown));
}

} // namespace
} // namespace btpay::testing
