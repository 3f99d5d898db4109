#include "projections/timeline.hpp"

#include "projections/name_table.hpp"
#include "projections/row_pages.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace btpay::testing {
namespace {

instant at(std::int64_t t) { return instant{duration{t}}; }

std::vector<slot> within(const timeline& dated, const row_pages& rows, const stretch& part) {
  std::vector<slot> seen;
  dated.visit(rows, part, [&](slot s) { seen.push_back(s); });
  return seen;
}

std::vector<slot> within_backwards(const timeline& dated, const row_pages& rows, const stretch& part) {
  std::vector<slot> seen;
  dated.visit_back(rows, part, [&](slot s) {
    seen.push_back(s);
    return true;
  });
  return seen;
}

TEST_CASE("a timeline is what a sorted list is, whatever comes and goes") {
  BTPAY_SEEDED(random);
  const auto dates = 1 + random() % 3000; // few dates make many equal ones
  row_pages rows(false);
  timeline dated;
  std::vector<slot> model;
  const auto any_date = [&] { return at(static_cast<std::int64_t>(random() % dates)); };
  const auto before = [&](slot a, slot b) {
    const auto& x = row_at(rows, a);
    const auto& y = row_at(rows, b);
    return x.date != y.date ? x.date < y.date : a > b;
  };
  const auto grows_in_order = random() % 2 == 0;
  for (int step = 0; step < 6000; ++step) {
    if (model.empty() || random() % 3) {
      const slot s{static_cast<std::uint32_t>(rows.size())};
      rows.append(0, {}).date = grows_in_order && random() % 8 ? at(step) : any_date();
      dated.insert(rows, s);
      model.insert(std::upper_bound(model.begin(), model.end(), s, before), s);
    } else {
      const auto which = model.begin() + static_cast<std::ptrdiff_t>(random() % model.size());
      dated.erase(rows, *which);
      model.erase(which);
    }
    if (step % 200 != 0)
      continue;
    const auto from = any_date();
    const auto until = any_date();
    std::vector<slot> expected;
    std::ranges::copy_if(model, std::back_inserter(expected), [&](slot s) {
      return stretch{from, until}.holds(row_at(rows, s).date);
    });
    REQUIRE(within(dated, rows, {instant::min(), end_of_time}) == model);
    REQUIRE(within(dated, rows, {from, until}) == expected);
    auto any_order = model;
    if (random() % 2)
      std::ranges::sort(any_order); // as a table has them
    else
      std::shuffle(any_order.begin(), any_order.end(), random);
    REQUIRE(within(timeline(rows, any_order), rows, {instant::min(), end_of_time}) == model);
    std::ranges::reverse(expected);
    REQUIRE(within_backwards(dated, rows, {from, until}) == expected);
    const auto first = std::ranges::find_if(model, [&](slot s) { return row_at(rows, s).date >= from; });
    REQUIRE(dated.first_date(rows, from) ==
            (first == model.end() ? std::nullopt : std::optional(row_at(rows, *first).date)));
  }
}

TEST_CASE("a name has one number, and the number gives the name back") {
  name_table names;
  CHECK(names.intern("") == name_id{});
  CHECK(names[name_id{}].empty());
  std::vector<name_id> ids;
  for (int i = 0; i < 1000; ++i)
    ids.push_back(names.intern(std::to_string(i * 7919)));
  CHECK(names.size() == 1001);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(names.intern(std::to_string(i * 7919)) == ids[static_cast<std::size_t>(i)]);
    REQUIRE(names[ids[static_cast<std::size_t>(i)]] == std::to_string(i * 7919));
  }
  CHECK(names.size() == 1001);
}

TEST_CASE("texts that differ in their last letter alone, or in their length, are different names") {
  name_table names;
  std::string text;
  std::vector<name_id> ids;
  for (int length = 0; length < 200; ++length) {
    for (const char last : {'a', 'b'})
      ids.push_back(names.intern(text + last));
    text += 'a';
  }
  std::ranges::sort(ids);
  CHECK(std::ranges::adjacent_find(ids) == ids.end());
}

} // namespace
} // namespace btpay::testing
