#include "projections/ranking.hpp"

#include <algorithm>
#include <functional>

namespace btpay {

namespace {

/// The names in the order that decides between equal sums.
std::vector<name_id> ordered(const std::vector<ranked_merchant>& merchants, const view_policy& policy,
                             const counted_rows& among) {
  std::vector<name_id> names;
  names.reserve(merchants.size());
  for (const auto& each : merchants)
    names.push_back(each.name);
  if (policy.moneymanager)
    return first_met<merchant_group>(names, among);
  std::ranges::sort(names, {}, [&](name_id name) { return among.book.name(name); });
  return names;
}

} // namespace

std::vector<ranked_merchant> top_merchants(const merchant_tally& groups, std::size_t count_max,
                                           const view_policy& policy, const amounts& how, const counted_rows& among) {
  std::vector<ranked_merchant> top;
  groups.each_group([&](name_id name, group_sums sums) { top.push_back({name, sums, how.rank(sums)}); });

  // Keeps whoever has at least the last sum that comes in, so that equal ones are all still there.
  if (top.size() > count_max) {
    const auto last = top.begin() + static_cast<std::ptrdiff_t>(count_max) - 1;
    std::ranges::nth_element(top, last, std::ranges::greater{}, &ranked_merchant::rank);
    std::erase_if(top, [cut = last->rank](const ranked_merchant& each) { return each.rank < cut; });
  }
  std::ranges::sort(top, std::ranges::greater{}, &ranked_merchant::rank);

  if (std::ranges::adjacent_find(top, {}, &ranked_merchant::rank) != top.end()) {
    const auto names = ordered(top, policy, among);
    top.clear();
    for (const auto name : names) {
      const auto sums = groups.of(name);
      top.push_back({name, sums, how.rank(sums)});
    }
    std::ranges::stable_sort(top, std::ranges::greater{}, &ranked_merchant::rank);
  }
  top.resize(std::min(top.size(), count_max));
  return top;
}

} // namespace btpay
