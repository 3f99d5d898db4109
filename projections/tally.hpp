#pragma once
/// Counts and sums of rows, per name and currency. What was added can be taken away again, exactly.

#include "projections/row.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace btpay {

/// The rows of one group in one currency.
struct currency_sum {
  wide sum = 0;
  std::uint64_t count = 0; ///< where it is 0, there is nothing to tell of this currency
  name_id group{};
  currency unit;
};
static_assert(sizeof(currency_sum) == 32);

/// One group's sums, by growing currency code.
using group_sums = std::span<const currency_sum>;

std::uint64_t count_of(group_sums sums) noexcept;
wide sum_in(currency unit, group_sums sums) noexcept;

/// Sums by group and currency, sorted, since there are few: a person has some hundred merchants a month. Finding one
/// is a binary search. What is emptied stays in its place for a while, so that taking away costs no more.
class sorted_sums {
public:
  void add(name_id group, currency unit, wide amount);
  /// Something like it must have been added before.
  void subtract(name_id group, currency unit, wide amount);

  bool empty() const noexcept { return emptied_ == sums_.size(); }
  group_sums all() const noexcept { return sums_; }
  group_sums of(name_id group) const noexcept;

private:
  std::vector<currency_sum> sums_;
  std::size_t emptied_ = 0; ///< how many have count 0; never more than half and a few
};

/// All rows in one group.
inline name_id no_group(const row&) noexcept { return {}; }

/// The sums of rows by a name of theirs, which `Group` gives.
template <name_id (*Group)(const row&)>
class grouped_tally {
public:
  void add(const row& r, wide amount) { sums_.add(Group(r), r.unit, amount); }
  void subtract(const row& r, wide amount) { sums_.subtract(Group(r), r.unit, amount); }

  bool empty() const noexcept { return sums_.empty(); }
  group_sums of(name_id group) const noexcept { return sums_.of(group); }

  /// Visits the groups that have rows, each with its sums.
  template <class Visit>
  void each_group(Visit&& visit) const {
    for (auto rest = sums_.all(); !rest.empty();) {
      std::size_t size = 1;
      while (size < rest.size() && rest[size].group == rest.front().group)
        ++size;
      if (const auto group = rest.first(size); count_of(group) != 0)
        visit(group.front().group, group);
      rest = rest.subspan(size);
    }
  }

  std::size_t groups() const {
    std::size_t count = 0;
    each_group([&](name_id, group_sums) { ++count; });
    return count;
  }

private:
  sorted_sums sums_;
};

/// The sums of all rows together.
class tally : public grouped_tally<no_group> {
public:
  group_sums sums() const noexcept { return of({}); }
  std::uint64_t count() const noexcept { return count_of(sums()); }
};

} // namespace btpay
