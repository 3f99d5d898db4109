#include "tools/common/view_verification.hpp"

#include "tests/tools/stored_views_fixture.hpp"

using namespace btpay;
using namespace btpay::testing;

namespace {

struct fixture : stored_views_fixture {
  std::vector<view_difference> found;

  result<view_verification> verify(const work_limits& limits = {}) {
    found.clear();
    return verify_views(*log, *store, **store->live(), rules, limits, keep_going,
                        [this](const view_difference& one) { found.push_back(one); });
  }

  /// Puts another view in the place of a stored one.
  void plant(const stored_view& view) { REQUIRE(store->write((*store->live())->number, {view})); }

  stored_view view_of(view_kind kind, std::uint64_t user) {
    return **store->find(static_cast<std::uint8_t>(kind), user_id{user});
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "views that are as the log says pass, however many events came since") {
  REQUIRE(rebuild());
  pay(1);
  append(users_in_log + 1, user_opened{"new", "UTC", {}});
  REQUIRE(rebuild({.user = user_id{2}}));
  for (const unsigned threads : {1U, 3U}) {
    const auto sum = verify({.threads = threads});
    REQUIRE(sum);
    CHECK(sum->views == users_in_log * view_kinds);
    CHECK(sum->differences == 0);
    CHECK(sum->of_other_code == 0);
  }
}

TEST_CASE_METHOD(fixture, "views that the service put are newer than their generation, and pass if they are right") {
  REQUIRE(rebuild());
  pay(3);
  REQUIRE(rebuild());
  auto newer = view_of(view_kind::pending, 3);
  REQUIRE(store->roll_back());
  REQUIRE(newer.at > (*store->live())->at);
  REQUIRE(store->put(log->epoch(), {newer}) == 1);
  CHECK(verify()->differences == 0);
  CHECK(verify()->views == users_in_log * view_kinds);
  newer.data = "[]";
  REQUIRE(store->put(log->epoch(), {newer}) == 1);
  CHECK(verify()->differences > 0);
}

TEST_CASE_METHOD(fixture, "a changed cell is named: the view, the user, the field, and both values") {
  REQUIRE(rebuild());
  auto view = view_of(view_kind::dashboard, 7);
  const std::string field = R"("pending_count":)";
  const auto at = view.data.find(field);
  REQUIRE(at != std::string::npos);
  REQUIRE(view.data.substr(at + field.size(), 2) == "5,");
  view.data[at + field.size()] = '6';
  plant(view);
  const auto sum = verify();
  REQUIRE(sum);
  CHECK(sum->differences == 1);
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == view_kind::dashboard);
  CHECK(found[0].user == user_id{7});
  CHECK(found[0].field == "/pending_count");
  CHECK(found[0].stored == "6");
  CHECK(found[0].rebuilt == "5");
}

TEST_CASE_METHOD(fixture, "a view that claims another place in the log is told") {
  REQUIRE(rebuild());
  auto view = view_of(view_kind::pending, 3);
  view.at = position{raw(view.at) - 1};
  plant(view);
  CHECK(verify()->differences > 0);
  CHECK(found.front().user == user_id{3});
}

TEST_CASE_METHOD(fixture, "views of other rules are counted and not compared") {
  REQUIRE(rebuild());
  rules = *make_policies("moneymanager", "");
  const auto sum = verify();
  REQUIRE(sum);
  CHECK(sum->of_other_code == users_in_log * view_kinds);
  CHECK(sum->differences == 0);
}

TEST_CASE("differing members are named by their pointers") {
  const auto all = differing_fields(R"({"a":1,"b":[{"c":"x"},2],"d":3})", R"({"a":1,"b":[{"c":"y"},2],"e":3})");
  REQUIRE(all.size() == 3);
  CHECK(all[0].field == "/b/0/c");
  CHECK(all[0].stored == R"("x")");
  CHECK(all[0].rebuilt == R"("y")");
  CHECK(all[1].field == "/d");
  CHECK(all[1].rebuilt == "missing");
  CHECK(all[2].field == "/e");
  CHECK(all[2].stored == "missing");
}

TEST_CASE("values that are spelt differently differ") {
  CHECK(differing_fields(R"({"a":1.50})", R"({"a":1.50})").empty());
  CHECK(differing_fields(R"({"a":1.5})", R"({"a":1.50})").size() == 1);
  CHECK(differing_fields("{", R"({"a":1.50})").size() == 1);
}
