#include "tools/common/stopped_store.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/temp_dir.hpp"
#include "tools/common/policies.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace btpay;
using namespace btpay::testing;

namespace {

outcome take(stopped_store& store, const char* external_id) {
  const auto who = store.user_named("ana");
  REQUIRE(who);
  auto done = store.run(*who, import_transactions{.rows = {payment(external_id, "-1.00")}}, noon);
  if (!done)
    FAIL(done.error().message);
  return *std::move(done);
}

} // namespace

TEST_CASE("a rehearsal tells what would be done and writes nothing") {
  const temp_dir dir;
  const data_directory where{dir.path()};
  const auto rules = make_policies("", "");
  REQUIRE(rules);
  {
    auto rehearsed = stopped_store::rehearse(where, rules->decisions);
    REQUIRE(rehearsed);
    CHECK(take(*rehearsed, "1").fates.at(0) == row_fate::accepted);
    CHECK(take(*rehearsed, "1").fates.at(0) == row_fate::duplicate);
  }
  CHECK(std::filesystem::is_empty(dir.path()));
  {
    auto store = stopped_store::open(where, rules->decisions);
    REQUIRE(store);
    CHECK(take(*store, "1").fates.at(0) == row_fate::accepted);
  }
  auto rehearsed = stopped_store::rehearse(where, rules->decisions);
  REQUIRE(rehearsed);
  CHECK(take(*rehearsed, "1").fates.at(0) == row_fate::duplicate);
  CHECK(take(*rehearsed, "2").fates.at(0) == row_fate::accepted);
}
