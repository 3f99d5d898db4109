#pragma once
/// What the views of one user have in common, folded once for all of them: for whoever wants views as they are after
/// many events, and not after each.

#include "projections/profile.hpp"
#include "projections/row_table.hpp"

#include <memory>

namespace btpay {

/// One thread. On a cache line of its own, with all in it that an import needs.
class alignas(64) user_rows {
public:
  /// As a `row_table` of many.
  user_rows(std::shared_ptr<row_texts> texts, std::pmr::memory_resource* memory) : rows_(std::move(texts), memory) {}

  /// In log order.
  void apply(const recorded_event& e);

  /// Has what an import is about to touch fetched into the cache.
  void expect() const noexcept { rows_.expect(); }

  const row_table& rows() const noexcept { return rows_; }
  const profile& owner() const noexcept { return owner_; }

  /// Of the last event.
  position at() const noexcept { return at_; }

private:
  position at_{};
  row_table rows_;
  profile owner_;
};

} // namespace btpay
