#include "projections/name_table.hpp"

#include "projections/tight_vector.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

namespace btpay {

namespace {
constexpr std::size_t buckets_min = 8;
}

name_id name_table::intern(std::string_view text) {
  if (text.empty())
    return {};
  if (size() * 4 > buckets_.size() * 3)
    grow();
  auto& bucket = bucket_of(text);
  if (bucket == 0) {
    assert(size() < names_max);
    reserve_tightly(text_, text.size());
    text_.insert(text_.end(), text.begin(), text.end());
    append_tightly(ends_, text_.size());
    bucket = static_cast<std::uint32_t>(ends_.size());
  }
  return name_id{bucket};
}

std::string_view name_table::operator[](name_id id) const noexcept {
  const auto number = static_cast<std::uint32_t>(id);
  if (number == 0)
    return {};
  const auto begin = number == 1 ? 0 : ends_[number - 2];
  return {text_.data() + begin, ends_[number - 1] - begin};
}

/// Where `text` is, or the free bucket where it belongs.
std::uint32_t& name_table::bucket_of(std::string_view text) noexcept {
  const auto mask = buckets_.size() - 1;
  auto at = std::hash<std::string_view>{}(text)&mask;
  while (buckets_[at] != 0 && (*this)[name_id{buckets_[at]}] != text)
    at = (at + 1) & mask;
  return buckets_[at];
}

void name_table::grow() {
  buckets_.assign(std::max(buckets_min, buckets_.size() * 2), 0);
  for (std::uint32_t number = 1; number <= ends_.size(); ++number)
    bucket_of((*this)[name_id{number}]) = number;
}

} // namespace btpay
