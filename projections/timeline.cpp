#include "projections/timeline.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace btpay {

timeline::timeline(const row_pages& rows, std::vector<slot> slots) {
  // What came in the order of its dates is so already, but for equal ones.
  for (auto from = slots.begin(); from != slots.end();) {
    const auto date = row_at(rows, *from).date;
    const auto until = std::find_if(from, slots.end(), [&](slot s) { return row_at(rows, s).date != date; });
    std::reverse(from, until);
    from = until;
  }
  const auto in_order = [&rows](slot a, slot b) { return key_of(rows, a) < key_of(rows, b); };
  if (!std::is_sorted(slots.begin(), slots.end(), in_order))
    std::sort(slots.begin(), slots.end(), in_order);
  for (auto from = slots.cbegin(); from != slots.cend();) {
    const auto size = std::min<std::ptrdiff_t>(chunk_rows_appended, slots.cend() - from);
    chunks_.push_back({key_of(rows, *from), {from, from + size}});
    from += size;
  }
}

/// The last chunk that begins at or before `k`; the first where none does.
std::size_t timeline::chunk_of(const key& k) const noexcept {
  const auto after =
      std::upper_bound(chunks_.begin(), chunks_.end(), k, [](const key& a, const chunk& c) { return a < c.first; });
  return after == chunks_.begin() ? 0 : static_cast<std::size_t>(after - chunks_.begin()) - 1;
}

void timeline::insert(const row_pages& rows, slot s) {
  const auto k = key_of(rows, s);
  if (chunks_.empty() ||
      (chunks_.back().slots.size() >= chunk_rows_appended && key_of(rows, chunks_.back().slots.back()) < k)) {
    // Appending must not split, or a history in order would leave every chunk half full.
    chunks_.push_back({k, {s}});
    return;
  }
  auto which = chunk_of(k);
  if (chunks_[which].slots.size() == chunk_rows_max) {
    split(rows, which);
    which = chunk_of(k);
  }
  auto& into = chunks_[which];
  const auto place =
      std::partition_point(into.slots.begin(), into.slots.end(), [&](slot other) { return key_of(rows, other) < k; });
  into.slots.insert(place, s);
  into.first = key_of(rows, into.slots.front());
}

void timeline::erase(const row_pages& rows, slot s) {
  const auto k = key_of(rows, s);
  const auto which = chunk_of(k);
  auto& from = chunks_[which];
  const auto place =
      std::partition_point(from.slots.begin(), from.slots.end(), [&](slot other) { return key_of(rows, other) < k; });
  assert(place != from.slots.end() && *place == s);
  from.slots.erase(place);
  if (from.slots.empty())
    chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(which));
  else
    from.first = key_of(rows, from.slots.front());
}

std::optional<instant> timeline::first_date(const row_pages& rows, instant t) const {
  const auto at = lower_bound(rows, t);
  if (at.chunk == chunks_.size())
    return std::nullopt;
  return row_at(rows, chunks_[at.chunk].slots[at.index]).date;
}

/// The first row at or after `t`; the chunk after the last where there is none.
timeline::cursor timeline::lower_bound(const row_pages& rows, instant t) const noexcept {
  const auto begins_later =
      std::partition_point(chunks_.begin(), chunks_.end(), [&](const chunk& c) { return c.first.date < t; });
  if (begins_later == chunks_.begin())
    return {0, 0};
  const auto which = static_cast<std::size_t>(begins_later - chunks_.begin()) - 1;
  const auto& slots = chunks_[which].slots;
  const auto place = std::partition_point(slots.begin(), slots.end(), [&](slot s) { return row_at(rows, s).date < t; });
  if (place == slots.end())
    return {which + 1, 0};
  return {which, static_cast<std::size_t>(place - slots.begin())};
}

void timeline::split(const row_pages& rows, std::size_t which) {
  auto& lower = chunks_[which].slots;
  const auto middle = lower.begin() + static_cast<std::ptrdiff_t>(lower.size() / 2);
  std::vector<slot> upper(middle, lower.end());
  lower.erase(middle, lower.end());
  const auto first = key_of(rows, upper.front());
  chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(which) + 1, chunk{first, std::move(upper)});
}

} // namespace btpay
