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
  /// A number, with bits of the text's hash above it, so that few other texts are looked at.
  using bucket = std::uint32_t;
  static std::uint32_t number_in(bucket b) noexcept { return b % names_max; }

  bucket& bucket_of(std::string_view text, std::size_t hash) noexcept;
  void grow();

  std::vector<char> text_;        ///< all texts, end to end
  std::vector<std::size_t> ends_; ///< where text 1, 2, … ends
  std::vector<bucket> buckets_;   ///< an open hash table; 0 is free. Its size is a power of two.
};

} // namespace btpay
