#pragma once
/// Which names of a window come first.

#include "projections/amounts.hpp"
#include "projections/ledger.hpp"
#include "projections/tally.hpp"

#include <cstddef>
#include <vector>

namespace btpay {

/// What was spent in a stretch of time, of the listed rows, to look at again.
struct counted_rows {
  const ledger& book;
  stretch part;
};

/// Orders `wanted` by their newest row, newest first; each must have one. Costs the rows down to the last name's.
template <name_id (*Group)(const row&)>
std::vector<name_id> first_met(const std::vector<name_id>& wanted, const counted_rows& among) {
  std::vector<bool> awaited(among.book.names(), false);
  for (const auto name : wanted)
    awaited[static_cast<std::size_t>(name)] = true;
  std::vector<name_id> met;
  met.reserve(wanted.size());
  among.book.visit_back(among.part, [&](slot s) {
    const auto& r = among.book.at(s);
    const auto name = Group(r);
    if (is_spent(r) && awaited[static_cast<std::size_t>(name)]) {
      awaited[static_cast<std::size_t>(name)] = false;
      met.push_back(name);
    }
    return met.size() < wanted.size();
  });
  return met;
}

using merchant_tally = grouped_tally<merchant_group>;

struct ranked_merchant {
  name_id name{};
  group_sums sums;
  wide rank = 0;
};

/// The merchants with the `count_max` greatest sums, greatest first; of equal ones the first by name, in the preset
/// the one whose newest row is newer. Costs the number of merchants, and in the preset the rows too where sums are
/// equal. `groups` are of the rows `among`.
std::vector<ranked_merchant> top_merchants(const merchant_tally& groups, std::size_t count_max,
                                           const view_policy& policy, const amounts& how, const counted_rows& among);

} // namespace btpay
