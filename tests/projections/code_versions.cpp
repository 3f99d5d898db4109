#include "domain/digest.hpp"
#include "projections/any_view.hpp"
#include "tests/projections/random_history.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

namespace btpay::testing {
namespace {

/// What a fixed history looks like by the code of a version.
struct known_bytes {
  view_kind kind;
  std::uint32_t code_version;
  std::uint64_t digest;
};
constexpr known_bytes known_views[] = {
    {view_kind::dashboard, 1, 0}, {view_kind::pending, 1, 0}, {view_kind::hourly, 1, 0}, {view_kind::categories, 1, 0}};

std::string rendered_history(view_kind kind) {
  rng random(20260204);
  random_history made(random);
  std::string all;
  for (const auto& policy : {by_calendar(), like_moneymanager()}) {
    const auto view = make_view(kind, policy);
    for (int step = 0; step < 300; ++step) {
      view->apply(made.happen());
      view->advance(made.pass());
      view->render(all);
    }
  }
  return all;
}

TEST_CASE("a view that renders other bytes than before has another code version") {
  for (const auto& known : known_views) {
    INFO(to_string(known.kind) << " has changed: raise its version in projections/any_view.cpp, and write both down "
                                  "here");
    CHECK(digest_of(rendered_history(known.kind)).first == known.digest);
    CHECK(code_version_of(known.kind) == known.code_version);
  }
}

} // namespace
} // namespace btpay::testing
