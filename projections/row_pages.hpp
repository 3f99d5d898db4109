#pragma once
/// Where rows lie: in pages, so that nothing in a whole page is ever copied. A vector that doubles would leave as much
/// memory again unused while the rows of many users grow, and would copy a million of them within one event.

#include "projections/row.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace btpay {

/// A user's rows by slot number, each with the id of its transaction and, where it is wanted, the name of its
/// description: 40 or 44 bytes a row. At most a page is unused. One thread.
class row_pages {
public:
  /// `memory` must outlive this.
  row_pages(bool with_descriptions, std::pmr::memory_resource* memory) noexcept
      : row_bytes_(sizeof(row) + sizeof(std::uint64_t) + (with_descriptions ? sizeof(name_id) : 0)), pages_(memory) {}
  explicit row_pages(bool with_descriptions) noexcept
      : row_pages(with_descriptions, std::pmr::get_default_resource()) {}
  row_pages(const row_pages&) = delete;
  row_pages& operator=(const row_pages&) = delete;
  ~row_pages();

  std::uint32_t size() const noexcept { return size_; }

  row& operator[](std::uint32_t i) noexcept { return rows_of(pages_[i / page_rows])[i % page_rows]; }
  const row& operator[](std::uint32_t i) const noexcept { return rows_of(pages_[i / page_rows])[i % page_rows]; }
  std::uint64_t id(std::uint32_t i) const noexcept { return ids_of(pages_[i / page_rows], i)[i % page_rows]; }
  name_id description(std::uint32_t i) const noexcept { return names_of(pages_[i / page_rows], i)[i % page_rows]; }

  /// Only where descriptions are wanted.
  void describe(std::uint32_t i, name_id description) noexcept {
    assert(has_descriptions());
    names_of(pages_[i / page_rows], i)[i % page_rows] = description;
  }

  bool has_descriptions() const noexcept { return row_bytes_ > sizeof(row) + sizeof(std::uint64_t); }

  /// A row that is to be filled in. The description goes nowhere where none is wanted.
  row& append(std::uint64_t id, name_id description) {
    if (size_ == room_)
      make_room();
    const auto i = size_++;
    ids_of(last_, i)[i % page_rows] = id;
    if (has_descriptions())
      names_of(last_, i)[i % page_rows] = description;
    return *::new (static_cast<void*>(rows_of(last_) + i % page_rows)) row{};
  }

  /// Has the place of the next row fetched into the cache.
  void expect() const noexcept {
    if (size_ == room_)
      return;
    const auto place = size_ % page_rows;
    __builtin_prefetch(rows_of(last_) + place, 1);
    __builtin_prefetch(ids_of(last_, size_) + place, 1);
    if (has_descriptions())
      __builtin_prefetch(names_of(last_, size_) + place, 1);
  }

private:
  static constexpr std::uint32_t page_rows = 64; ///< a power of two, so that a place is found by a shift

  /// The first page is as long as it has to be: many users have few rows.
  static constexpr std::uint32_t first_rows_min = 8;

  // A page has its rows, behind them their ids, behind those the descriptions.
  static row* rows_of(std::byte* page) noexcept { return reinterpret_cast<row*>(page); }
  std::uint64_t* ids_of(std::byte* page, std::uint32_t i) const noexcept {
    return reinterpret_cast<std::uint64_t*>(page + rows_in(i) * sizeof(row));
  }
  name_id* names_of(std::byte* page, std::uint32_t i) const noexcept {
    return reinterpret_cast<name_id*>(page + rows_in(i) * (sizeof(row) + sizeof(std::uint64_t)));
  }
  /// How many the page of that row has room for.
  std::uint32_t rows_in(std::uint32_t i) const noexcept {
    return i < page_rows && room_ < page_rows ? room_ : page_rows;
  }

  std::byte* taken(std::uint32_t rows);
  void give_back(std::byte* page, std::uint32_t rows) noexcept;
  void make_room();
  void lengthen_first();

  // What appending needs comes first and together.
  std::byte* last_ = nullptr; ///< the last page
  std::uint32_t size_ = 0;
  std::uint32_t room_ = 0; ///< of all pages together
  std::size_t row_bytes_;
  std::pmr::vector<std::byte*> pages_;
};

inline const row& row_at(const row_pages& rows, slot s) noexcept { return rows[static_cast<std::uint32_t>(s)]; }

} // namespace btpay
