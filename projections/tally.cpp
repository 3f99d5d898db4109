#include "projections/tally.hpp"

#include <algorithm>

namespace btpay {

namespace {

/// Below so many it is not worth while to clear up.
constexpr std::size_t emptied_min = 8;

template <class Sums>
auto first_of(Sums& sums, name_id group) noexcept {
  return std::partition_point(sums.begin(), sums.end(), [=](const currency_sum& each) { return each.group < group; });
}

/// Where the sum is, or belongs.
template <class Sums>
auto place_of(Sums& sums, name_id group, currency unit) noexcept {
  auto place = first_of(sums, group);
  while (place != sums.end() && place->group == group && place->unit < unit)
    ++place;
  return place;
}

} // namespace

std::uint64_t count_of(group_sums sums) noexcept {
  std::uint64_t count = 0;
  for (const auto& each : sums)
    count += each.count;
  return count;
}

wide sum_in(currency unit, group_sums sums) noexcept {
  const auto found = std::ranges::find(sums, unit, &currency_sum::unit);
  return found == sums.end() ? 0 : found->sum;
}

void sorted_sums::add(name_id group, currency unit, wide amount) {
  auto place = place_of(sums_, group, unit);
  if (place == sums_.end() || place->group != group || place->unit != unit)
    place = sums_.insert(place, {.group = group, .unit = unit});
  else if (place->count == 0)
    --emptied_;
  place->sum += amount;
  ++place->count;
}

void sorted_sums::subtract(name_id group, currency unit, wide amount) {
  const auto place = place_of(sums_, group, unit);
  place->sum -= amount;
  if (--place->count != 0)
    return;
  if (++emptied_ > emptied_min + sums_.size() / 2) {
    std::erase_if(sums_, [](const currency_sum& each) { return each.count == 0; });
    emptied_ = 0;
  }
}

group_sums sorted_sums::of(name_id group) const noexcept {
  const auto begin = first_of(sums_, group);
  auto end = begin;
  while (end != sums_.end() && end->group == group)
    ++end;
  return {begin, end};
}

} // namespace btpay
