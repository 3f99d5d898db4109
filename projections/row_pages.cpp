#include "projections/row_pages.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace btpay {

static_assert(std::is_trivially_copyable_v<row> && std::is_trivially_destructible_v<row>);
static_assert(alignof(row) == alignof(std::uint64_t));

row_pages::~row_pages() {
  for (std::size_t page = 0; page < pages_.size(); ++page)
    give_back(pages_[page], page == 0 ? std::min(room_, page_rows) : page_rows);
}

void row_pages::make_room() {
  if (room_ != 0 && room_ < page_rows)
    return lengthen_first();
  if (pages_.size() == pages_.capacity())
    pages_.reserve(pages_.size() + pages_.size() / 4 + 1);
  const auto rows = pages_.empty() ? first_rows_min : page_rows;
  last_ = pages_.emplace_back(taken(rows));
  room_ += rows;
}

void row_pages::lengthen_first() {
  const auto rows = std::min(page_rows, room_ + room_ / 2);
  auto* const longer = taken(rows);
  const auto before = room_;
  std::size_t from = 0;
  std::size_t to = 0;
  const auto move = [&](std::size_t bytes_each) {
    std::memcpy(longer + to, last_ + from, before * bytes_each);
    from += before * bytes_each;
    to += rows * bytes_each;
  };
  move(sizeof(row));
  move(sizeof(std::uint64_t));
  if (has_descriptions())
    move(sizeof(name_id));
  give_back(last_, before);
  last_ = pages_.front() = longer;
  room_ = rows;
}

std::byte* row_pages::taken(std::uint32_t rows) {
  auto* const memory = pages_.get_allocator().resource();
  return static_cast<std::byte*>(memory->allocate(rows * row_bytes_, alignof(row)));
}

void row_pages::give_back(std::byte* page, std::uint32_t rows) noexcept {
  pages_.get_allocator().resource()->deallocate(page, rows * row_bytes_, alignof(row));
}

} // namespace btpay
