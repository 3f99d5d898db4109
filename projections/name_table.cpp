#include "projections/name_table.hpp"

#include "projections/tight_vector.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

namespace btpay {

namespace {

constexpr std::size_t buckets_min = 8;
constexpr std::uint32_t marks = ~(names_max - 1);

std::size_t hash_of(std::string_view text) noexcept { return std::hash<std::string_view>{}(text); }

/// Of the hash's bits those that the place in the table does not depend on.
std::uint32_t mark_of(std::size_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32U) & marks; }

} // namespace

name_id name_table::intern(std::string_view text) {
  if (text.empty())
    return {};
  if (size() * 4 > buckets_.size() * 3)
    grow();
  const auto hash = hash_of(text);
  auto& found = bucket_of(text, hash);
  if (found == 0) {
    assert(size() < names_max);
    reserve_tightly(text_, text.size());
    text_.insert(text_.end(), text.begin(), text.end());
    append_tightly(ends_, text_.size());
    found = mark_of(hash) | static_cast<std::uint32_t>(ends_.size());
  }
  return name_id{number_in(found)};
}

std::string_view name_table::operator[](name_id id) const noexcept {
  const auto number = static_cast<std::uint32_t>(id);
  if (number == 0)
    return {};
  const auto begin = number == 1 ? 0 : ends_[number - 2];
  return {text_.data() + begin, ends_[number - 1] - begin};
}

/// Where `text` is, or the free bucket where it belongs.
name_table::bucket& name_table::bucket_of(std::string_view text, std::size_t hash) noexcept {
  const auto mask = buckets_.size() - 1;
  const auto mark = mark_of(hash);
  const auto is_other = [&](bucket b) {
    return b != 0 && ((b & marks) != mark || (*this)[name_id{number_in(b)}] != text);
  };
  auto at = hash & mask;
  while (is_other(buckets_[at]))
    at = (at + 1) & mask;
  return buckets_[at];
}

void name_table::grow() {
  buckets_.assign(std::max(buckets_min, buckets_.size() * 2), 0);
  for (std::uint32_t number = 1; number <= ends_.size(); ++number) {
    const auto text = (*this)[name_id{number}];
    const auto hash = hash_of(text);
    bucket_of(text, hash) = mark_of(hash) | number;
  }
}

} // namespace btpay
