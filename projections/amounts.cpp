#include "projections/amounts.hpp"

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

constexpr int exponent_max = 4;   ///< of any currency, see domain/money.hpp
constexpr int exponent_usual = 2; ///< of an amount of nothing

wide scaled(wide sum, int digits) noexcept {
  for (; digits > 0; --digits)
    sum *= 10;
  return sum;
}

/// The sum of all currencies, in units of 10^-exponent.
wide combined_sum(group_sums sums, int exponent) noexcept {
  wide sum = 0;
  for (const auto& each : sums)
    sum += scaled(each.sum, exponent - each.unit.exponent());
  return sum;
}

} // namespace

wide amounts::rank(group_sums sums) const noexcept {
  return combined_ ? combined_sum(sums, exponent_max) : sum_in(home_, sums);
}

void amounts::write(json_writer& json, group_sums sums, std::string_view amount_key,
                    std::string_view others_key) const {
  json.key(amount_key);
  if (combined_) {
    int exponent = exponent_usual;
    for (const auto& each : sums)
      if (each.count != 0)
        exponent = std::max(exponent, each.unit.exponent());
    json.decimal(combined_sum(sums, exponent), exponent);
    return;
  }
  json.decimal(sum_in(home_, sums), home_.exponent());
  bool any = false;
  for (const auto& each : sums) {
    if (each.count == 0 || each.unit == home_)
      continue;
    if (!std::exchange(any, true))
      json.key(others_key).begin_object();
    json.key(each.unit.code()).decimal(each.sum, each.unit.exponent());
  }
  if (any)
    json.end_object();
}

} // namespace btpay
