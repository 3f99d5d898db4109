#pragma once
/// Rows in the order of their dates.

#include "projections/row_pages.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace btpay {

/// A stretch of time, without its end. Nothing is in it where it ends before it begins.
struct stretch {
  instant from = end_of_time;
  instant until = end_of_time;

  bool holds(instant t) const noexcept { return from <= t && t < until; }
  friend bool operator==(const stretch&, const stretch&) = default;
};

inline constexpr stretch always{instant::min(), end_of_time};

/// The slots of one view's rows by date; of equal dates the younger row is the earlier one, so that a walk from the
/// end meets the newest date first, and the oldest row of a date first. Rows are passed in wherever they are needed,
/// and a row must not change its date while its slot is in here.
///
/// Costs 4 to 6 bytes a row. Two levels (chunks of at most `chunk_rows_max`): a row newer than all others is appended,
/// any other is placed or taken out by two binary searches and a move within one chunk.
class timeline {
public:
  timeline() = default;
  /// Of these slots, in any order.
  timeline(const row_pages& rows, std::vector<slot> slots);

  void insert(const row_pages& rows, slot s);

  /// `s` must be in here.
  void erase(const row_pages& rows, slot s);

  /// The date of the first row at or after `t`.
  std::optional<instant> first_date(const row_pages& rows, instant t) const;

  /// Visits the slots within `part`, oldest first.
  template <class Visit>
  void visit(const row_pages& rows, const stretch& part, Visit&& visit) const {
    if (part.from >= part.until)
      return;
    for (auto at = lower_bound(rows, part.from); at.chunk < chunks_.size(); advance(at)) {
      const slot s = chunks_[at.chunk].slots[at.index];
      if (row_at(rows, s).date >= part.until)
        return;
      visit(s);
    }
  }

  /// Visits the slots within `part`, newest first, until `visit` returns false.
  template <class Visit>
  void visit_back(const row_pages& rows, const stretch& part, Visit&& visit) const {
    for (auto at = lower_bound(rows, part.until); retreat(at);) {
      const slot s = chunks_[at.chunk].slots[at.index];
      if (row_at(rows, s).date < part.from || !visit(s))
        return;
    }
  }

private:
  static constexpr std::size_t chunk_rows_max = 256;
  static constexpr std::size_t chunk_rows_appended = 192; ///< leaves room for rows that come late

  /// The order of rows, from the first to the last.
  struct key {
    instant date;
    slot place;
    friend bool operator<(const key& a, const key& b) noexcept {
      return a.date != b.date ? a.date < b.date : a.place > b.place;
    }
  };
  struct chunk {
    key first;               ///< of slots.front(), kept here so that a search touches few rows
    std::vector<slot> slots; ///< never empty
  };
  struct cursor {
    std::size_t chunk;
    std::size_t index;
  };

  static key key_of(const row_pages& rows, slot s) noexcept { return {row_at(rows, s).date, s}; }
  std::size_t chunk_of(const key& k) const noexcept;
  cursor lower_bound(const row_pages& rows, instant t) const noexcept;
  void split(const row_pages& rows, std::size_t which);

  void advance(cursor& c) const noexcept {
    if (++c.index == chunks_[c.chunk].slots.size())
      c = {c.chunk + 1, 0};
  }
  /// False at the beginning.
  bool retreat(cursor& c) const noexcept {
    if (c.index == 0) {
      if (c.chunk == 0)
        return false;
      --c.chunk;
      c.index = chunks_[c.chunk].slots.size();
    }
    --c.index;
    return true;
  }

  std::vector<chunk> chunks_;
};

} // namespace btpay
