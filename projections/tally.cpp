#include "projections/tally.hpp"

#include <algorithm>

namespace btpay {

void tally::add(const row& r, wide amount) {
  auto place = std::ranges::lower_bound(sums_, r.unit, {}, &currency_sum::unit);
  if (place == sums_.end() || place->unit != r.unit)
    place = sums_.insert(place, currency_sum{.unit = r.unit});
  place->sum += amount;
  ++place->count;
}

void tally::subtract(const row& r, wide amount) {
  const auto place = std::ranges::lower_bound(sums_, r.unit, {}, &currency_sum::unit);
  place->sum -= amount;
  if (--place->count == 0)
    sums_.erase(place);
}

std::uint64_t tally::count() const noexcept {
  std::uint64_t count = 0;
  for (const auto& each : sums_)
    count += each.count;
  return count;
}

wide tally::sum_in(currency unit) const noexcept {
  const auto place = std::ranges::lower_bound(sums_, unit, {}, &currency_sum::unit);
  return place == sums_.end() || place->unit != unit ? 0 : place->sum;
}

} // namespace btpay
