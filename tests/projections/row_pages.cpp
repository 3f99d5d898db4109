#include "projections/row_pages.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace btpay::testing {
namespace {

/// Knows how much of what it gave has not come back.
class counted_memory final : public std::pmr::memory_resource {
public:
  std::size_t bytes = 0;

private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    bytes += size;
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* at, std::size_t size, std::size_t alignment) override {
    bytes -= size;
    std::pmr::new_delete_resource()->deallocate(at, size, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

struct told_row {
  std::int64_t minor;
  std::uint64_t id;
  name_id description;
};

TEST_CASE("rows, ids and descriptions are what was put there last, however many pages they take") {
  BTPAY_SEEDED(random);
  const bool with_descriptions = random() % 2 != 0;
  counted_memory memory;
  {
    row_pages rows(with_descriptions, &memory);
    std::vector<told_row> model;
    const auto any_name = [&] { return name_id{static_cast<std::uint32_t>(random() % names_max)}; };
    const auto total = random() % 1000;
    while (model.size() < total) {
      if (model.empty() || random() % 4 != 0) {
        model.push_back({static_cast<std::int64_t>(random()), random(), any_name()});
        auto& r = rows.append(model.back().id, model.back().description);
        REQUIRE(r.date == instant{});
        r.minor = model.back().minor;
      } else {
        const auto which = random() % model.size();
        const auto place = static_cast<std::uint32_t>(which);
        rows[place].minor = model[which].minor = static_cast<std::int64_t>(random());
        if (with_descriptions)
          rows.describe(place, model[which].description = any_name());
      }
    }
    REQUIRE(rows.size() == model.size());
    CHECK(rows.has_descriptions() == with_descriptions);
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      REQUIRE(rows[i].minor == model[i].minor);
      REQUIRE(rows.id(i) == model[i].id);
      if (with_descriptions)
        REQUIRE(rows.description(i) == model[i].description);
    }
  }
  CHECK(memory.bytes == 0);
}

TEST_CASE("a page of rows at most is unused, and no row of a whole page ever moves") {
  counted_memory memory;
  row_pages rows(true, &memory);
  constexpr std::size_t row_bytes = 44;
  constexpr std::size_t page_rows = 64;
  std::vector<const row*> places;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    rows.append(i, {});
    const auto pages = i / page_rows + 1;
    REQUIRE(memory.bytes <= (i + page_rows) * row_bytes + (pages + pages / 4 + 1) * sizeof(void*));
    if (i >= page_rows)
      places.push_back(&rows[i]);
  }
  for (std::uint32_t i = 0; i < places.size(); ++i)
    REQUIRE(places[i] == &rows[i + page_rows]);
}

} // namespace
} // namespace btpay::testing
