#pragma once
/// Counts and sums of rows, per currency and per name. What was added can be taken away again, exactly.

#include "projections/row.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace btpay {

struct currency_sum {
  currency unit;
  std::uint64_t count = 0; ///< never 0
  wide sum = 0;
};

/// Currencies are kept apart, by growing code. Depends on what is in it alone, not on how it came and went.
class tally {
public:
  void add(const row& r, wide amount);
  void subtract(const row& r, wide amount);

  bool empty() const noexcept { return sums_.empty(); }
  std::uint64_t count() const noexcept;
  wide sum_in(currency unit) const noexcept;
  const std::vector<currency_sum>& sums() const noexcept { return sums_; }

private:
  std::vector<currency_sum> sums_;
};

/// Tallies by a name of the row, which `Group` gives; an empty one is not kept.
template <name_id (*Group)(const row&)>
class grouped_tallies {
public:
  void add(const row& r, wide amount) { groups_[Group(r)].add(r, amount); }

  void subtract(const row& r, wide amount) {
    const auto found = groups_.find(Group(r));
    found->second.subtract(r, amount);
    if (found->second.empty())
      groups_.erase(found);
  }

  bool empty() const noexcept { return groups_.empty(); }
  std::size_t size() const noexcept { return groups_.size(); }

  /// Null where the group is empty.
  const tally* find(name_id group) const {
    const auto found = groups_.find(group);
    return found == groups_.end() ? nullptr : &found->second;
  }

  /// In no particular order.
  auto begin() const noexcept { return groups_.begin(); }
  auto end() const noexcept { return groups_.end(); }

private:
  std::unordered_map<name_id, tally> groups_;
};

} // namespace btpay
