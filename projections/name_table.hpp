#pragma once
/// The texts that rows share: each once, known by a number.

#include "projections/row.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace btpay {

/// Owned by one ledger. Grows with the distinct texts that were ever seen and never shrinks; costs a text its bytes
/// and about 16 more. `name_id{}` is always the empty text.
class name_table {
public:
  /// The number of `text`, the same for the same text. Makes the views that `operator[]` gave invalid.
  name_id intern(std::string_view text);

  std::string_view operator[](name_id id) const noexcept;

  /// Every number given out is below this.
  std::size_t size() const noexcept { return ends_.size() + 1; }

private:
  std::uint32_t& bucket_of(std::string_view text) noexcept;
  void grow();

  std::vector<char> text_;             ///< all texts, end to end
  std::vector<std::size_t> ends_;      ///< where text 1, 2, … ends
  std::vector<std::uint32_t> buckets_; ///< an open hash table of numbers; 0 is free. Its size is a power of two.
};

} // namespace btpay
