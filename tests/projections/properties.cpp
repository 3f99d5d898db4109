#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"
#include "projections/stats_view.hpp"
#include "projections/user_rows.hpp"
#include "tests/projections/oracle.hpp"
#include "tests/projections/random_history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <memory>
#include <memory_resource>

namespace btpay::testing {
namespace {

static_assert(projection<dashboard_view> && projection<pending_view> && projection<hourly_view> &&
              projection<category_view>);

using nlohmann::json;

/// How many histories a property is tried on: $ROUNDS, or few enough for every build.
int rounds(int usual) {
  const char* text = std::getenv("ROUNDS");
  return text ? std::atoi(text) : usual;
}

/// A view that is kept up to date and watched: what it says of its changes must be true.
template <projection View>
class watched {
public:
  explicit watched(const view_policy& policy) : view_(policy), text_(rendered(view_)) {}

  void apply(const recorded_event& e) { look(view_.apply(e)); }
  void advance(instant now) { look(view_.advance(now)); }
  const View& view() const { return view_; }
  const std::string& text() const { return text_; }

private:
  void look(bool may_have_changed) {
    auto text = rendered(view_);
    if (!may_have_changed)
      REQUIRE(text == text_);
    text_ = std::move(text);
  }

  View view_;
  std::string text_;
};

template <projection View>
void check(const watched<View>& kept, const std::string& judged, const random_history& made,
           const view_policy& policy) {
  REQUIRE(kept.text() == judged);
  REQUIRE(kept.text() == folded<View>(made.so_far().events(), policy, made.now()));
}

/// The rows are folded once for all four views, with texts that users before have met.
void check_shared_rows(const oracle_answers& judged, const random_history& made, const view_policy& policy,
                       const std::shared_ptr<row_texts>& texts) {
  std::pmr::monotonic_buffer_resource memory;
  user_rows rows(texts, &memory);
  for (const auto& e : made.so_far().events())
    rows.apply(e);
  const auto check_one = [&]<projection View>(const std::string& expected) {
    View shared(policy, rows);
    shared.advance(made.now());
    REQUIRE(rendered(shared) == expected);
    View alone(policy);
    for (const auto& e : made.so_far().events())
      alone.apply(e);
    alone.advance(made.now());
    REQUIRE(shared.next_change() == alone.next_change());
  };
  check_one.template operator()<dashboard_view>(judged.dashboard);
  check_one.template operator()<pending_view>(judged.pending);
  check_one.template operator()<hourly_view>(judged.hourly);
  check_one.template operator()<category_view>(judged.categories);
}

void try_history(rng& random, const view_policy& policy, const std::shared_ptr<row_texts>& texts) {
  random_history made(random);
  watched<dashboard_view> dashboard(policy);
  watched<pending_view> pending(policy);
  watched<hourly_view> hourly(policy);
  watched<category_view> categories(policy);
  const auto to_all = [&](const auto& act) {
    act(dashboard);
    act(pending);
    act(hourly);
    act(categories);
  };
  const auto length = random() % 150;
  for (std::uint64_t i = 0; i < length; ++i) {
    if (random() % 4 == 0) {
      const auto now = made.pass();
      to_all([&](auto& view) { view.advance(now); });
    } else {
      const auto& event = made.happen();
      to_all([&](auto& view) { view.apply(event); });
    }
    if (random() % 16 == 0 || i + 1 == length) {
      to_all([&](auto& view) { view.advance(made.now()); });
      const auto judged = judge(made.so_far().events(), policy, made.now());
      check(dashboard, judged.dashboard, made, policy);
      check(pending, judged.pending, made, policy);
      check(hourly, judged.hourly, made, policy);
      check(categories, judged.categories, made, policy);
      check_shared_rows(judged, made, policy, texts);
      REQUIRE(dashboard.view().pending_count() == json::parse(judged.dashboard)["pending_count"]);
    }
  }
}

TEST_CASE("views kept up to date equal the judge's, those folded from scratch, and those of rows that all share") {
  BTPAY_SEEDED(random);
  for (const auto& policy : {by_calendar(), until_now(), like_moneymanager()}) {
    const auto texts = std::make_shared<row_texts>(policy.rules, all_texts, row_texts::memory::of_descriptions);
    for (int round = rounds(100); round > 0; --round)
      try_history(random, policy, texts);
  }
}

/// The counts and sums alone, since the preset's hours move on with every instant.
json without_clock(const std::string& hourly) {
  auto cells = json::parse(hourly);
  for (auto& cell : cells) {
    cell.erase("timestamp");
    cell.erase("hour");
  }
  return cells;
}

template <projection View>
void try_ticking(rng& random, const view_policy& policy) {
  random_history made(random);
  View view(policy);
  view.advance(made.now());
  for (int i = 0; i < 40; ++i)
    view.apply(made.happen());
  const auto comparable = [&](const std::string& text) {
    return View::kind == view_kind::hourly && policy.moneymanager ? without_clock(text) : json::parse(text);
  };
  auto now = made.now();
  for (int i = 0; i < 15; ++i) {
    const auto next = view.next_change();
    REQUIRE(next > now);
    const auto until = std::min(next, now + std::chrono::days{60});
    const auto between =
        now + duration{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>((until - now).count()))};
    for (const auto at : {between, until - duration{1}})
      REQUIRE(comparable(rendered(view)) == comparable(folded<View>(made.so_far().events(), policy, at)));
    if (next == end_of_time)
      return;
    now = next;
    view.advance(now);
    REQUIRE(rendered(view) == folded<View>(made.so_far().events(), policy, now));
  }
}

TEST_CASE("nothing changes before next_change, and advancing then is enough") {
  BTPAY_SEEDED(random);
  for (int round = rounds(30); round > 0; --round)
    for (const auto& policy : {by_calendar(), until_now(), like_moneymanager()}) {
      try_ticking<dashboard_view>(random, policy);
      try_ticking<pending_view>(random, policy);
      try_ticking<hourly_view>(random, policy);
      try_ticking<category_view>(random, policy);
    }
}

/// A user who pays modest sums in the home currency alone, so that JSON's doubles hold them exactly enough to add up.
std::vector<recorded_event> plain_payments(rng& random, instant now) {
  history made;
  for (int i = 0; i < 200; ++i) {
    transaction t;
    t.date =
        now + std::chrono::hours{30} - duration{static_cast<std::int64_t>(random() % (40ULL * 86'400 * 1'000'000))};
    t.amount.minor = 100 * (static_cast<std::int64_t>(random() % 1000) - 800);
    t.description = random() % 2 ? "pay Fornetti" : "pay Tarom";
    t.status = random() % 4 ? transaction_status::synced : transaction_status::pending;
    made.import(t);
  }
  return made.events();
}

TEST_CASE("the views of one moment agree with each other") {
  BTPAY_SEEDED(random);
  const auto days = calendar::of_zone("Europe/Bucharest").value();
  for (int round = rounds(40); round > 0; --round) {
    const auto start = when(random() % 2 ? "2026-03-27T00:00:00Z" : "2026-10-23T00:00:00Z");
    const auto now = start + duration{static_cast<std::int64_t>(random() % (5ULL * 86'400 * 1'000'000))};
    const auto events = plain_payments(random, now);
    const auto dashboard = json::parse(folded<dashboard_view>(events, by_calendar(), now));
    const auto hourly = json::parse(folded<hourly_view>(events, by_calendar(), now));
    const auto categories = json::parse(folded<category_view>(events, by_calendar(), now));

    struct {
      std::uint64_t count = 0;
      double amount = 0;
    } today, hours_of_today, hours_of_today_expected;
    for (const auto& [name, cell] : categories.items()) {
      today.count += cell["today"]["count"].get<std::uint64_t>();
      today.amount += cell["today"]["amount"].get<double>();
    }
    REQUIRE(today.count == dashboard["today_transactions"]);
    REQUIRE(today.amount == dashboard["today_amount"]);

    // The first hour of a day of 25 is no more shown in its last.
    const auto shown_from = std::max(days.day_start(now), when(hourly[0]["timestamp"].get<std::string>()));
    for (const auto& cell : hourly)
      if (days.day_start(when(cell["timestamp"].get<std::string>())) == days.day_start(now)) {
        hours_of_today.count += cell["count"].get<std::uint64_t>();
        hours_of_today.amount += cell["amount"].get<double>();
      }
    for (const auto& e : events) {
      const auto& t = std::get<transaction_imported>(e.body).data;
      if (t.status == transaction_status::synced && t.date >= shown_from && t.date < days.next_hour_start(now)) {
        ++hours_of_today_expected.count;
        hours_of_today_expected.amount -= static_cast<double>(t.amount.minor) / 100;
      }
    }
    REQUIRE(hours_of_today.count == hours_of_today_expected.count);
    REQUIRE(hours_of_today.amount == hours_of_today_expected.amount);
    REQUIRE(hours_of_today.count <= today.count);
  }
}

TEST_CASE("in the preset the categories of a week add up to the stats of that week") {
  BTPAY_SEEDED(random);
  for (int round = rounds(40); round > 0; --round) {
    // On the 7th day of a month the month so far is the last seven times 24 hours.
    const auto now = when("2026-03-07T00:00:00Z") + duration{static_cast<std::int64_t>(random() % 86'400'000'000)};
    const auto events = plain_payments(random, now);
    stats_view stats(like_moneymanager());
    for (const auto& e : events)
      stats.apply(e);
    std::string text;
    stats.render(text, now);
    const auto month = json::parse(text)["this_month"];
    const auto categories = json::parse(folded<category_view>(events, like_moneymanager(), now));
    std::uint64_t count = 0;
    double amount = 0;
    for (const auto& [name, cell] : categories.items()) {
      count += cell["week"]["count"].get<std::uint64_t>();
      amount += cell["week"]["amount"].get<double>();
    }
    REQUIRE(count == month["transactions"]);
    REQUIRE(amount == month["amount"]);
    REQUIRE(categories.size() == month["categories"]);
  }
}

} // namespace
} // namespace btpay::testing
