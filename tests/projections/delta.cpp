#include "projections/delta.hpp"

#include "projections/canonical.hpp"
#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"
#include "tests/projections/delta_fold.hpp"
#include "tests/projections/random_history.hpp"

#include <catch2/catch.hpp>

namespace btpay::testing {
namespace {

using nlohmann::json;

std::string delta_of(view_kind view, const std::string& before, const std::string& after) {
  std::string out;
  const bool any = append_delta(out, view, before, after);
  REQUIRE(any == !out.empty());
  return out;
}

/// A client that folds, beside the view that it folds.
template <projection View>
class folded_client {
public:
  explicit folded_client(const view_policy& policy)
      : view_(policy), text_(rendered(view_)), data_(json::parse(text_)) {}

  void apply(const recorded_event& e) {
    view_.apply(e);
    tell();
  }
  void advance(instant now) {
    view_.advance(now);
    tell();
  }
  const std::string& text() const { return text_; }

private:
  void tell() {
    auto after = rendered(view_);
    std::string delta;
    if (append_delta(delta, View::kind, text_, after)) {
      delta.front() = '{';
      fold_delta(View::kind, data_, json::parse(delta + '}'));
    }
    REQUIRE(data_ == json::parse(after));
    if (++told_ % 8 == 0)
      REQUIRE(view_hash(data_.dump()) == view_hash(after));
    text_ = std::move(after);
  }

  View view_;
  std::string text_;
  json data_;
  std::size_t told_ = 0;
};

void try_history(rng& random, const view_policy& policy) {
  random_history made(random);
  folded_client<dashboard_view> dashboard(policy);
  folded_client<pending_view> pending(policy);
  folded_client<hourly_view> hourly(policy);
  folded_client<category_view> categories(policy);
  const auto to_all = [&](const auto& act) {
    act(dashboard);
    act(pending);
    act(hourly);
    act(categories);
  };
  for (auto i = random() % 120; i > 0; --i) {
    if (random() % 4 == 0) {
      const auto now = made.pass();
      to_all([&](auto& view) { view.advance(now); });
    } else {
      const auto& event = made.happen();
      to_all([&](auto& view) { view.apply(event); });
    }
  }
}

} // namespace

TEST_CASE("deltas folded one after the other give the view") {
  BTPAY_SEEDED(random);
  for (int i = 0; i < 6; ++i) {
    try_history(random, by_calendar());
    try_history(random, like_moneymanager());
  }
}

TEST_CASE("a delta tells what changed and no more") {
  CHECK(delta_of(view_kind::dashboard, R"({"a":1,"b":"x,}","top_merchants":[{"n":1},{"n":2}]})",
                 R"({"a":1,"c":null,"top_merchants":[{"n":0},{"n":1}]})") ==
        R"(,"set":{"c":null},"unset":["b"],"lists":{"top_merchants":{"removed":[1],"added":[[0,{"n":0}]]}})");
  CHECK(delta_of(view_kind::pending, R"([{"id":3},{"id":2},{"id":1}])", R"([{"id":4},{"id":3},{"id":1}])") ==
        R"(,"removed":[1],"added":[[0,{"id":4}]])");
  CHECK(delta_of(view_kind::hourly, R"([{"t":0},{"t":1},{"t":2}])", R"([{"t":1},{"t":2},{"t":3}])") ==
        R"(,"shift":1,"cells":[[2,{"t":3}]])");
  CHECK(delta_of(view_kind::hourly, R"([{"t":0},{"t":1}])", R"([{"t":0},{"t":5}])") == R"(,"cells":[[1,{"t":5}]])");
  CHECK(delta_of(view_kind::categories, R"({"food":{"x":1},"\"q":{}})", R"({"food":{"x":2}})") ==
        R"(,"set":{"food":{"x":2}},"unset":["\"q"])");
}

TEST_CASE("where only the order of members changed there is no delta") {
  CHECK(delta_of(view_kind::categories, R"({"a":1,"b":2})", R"({"b":2,"a":1})").empty());
  CHECK(delta_of(view_kind::pending, "[]", "[]").empty());
}

} // namespace btpay::testing
