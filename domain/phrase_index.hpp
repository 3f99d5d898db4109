#pragma once
/// Finds phrases of whole words in folded text.

#include "domain/fold.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace btpay {

/// A set of phrases. A question costs one hash look-up per word of the text, however many phrases there are.
class phrase_index {
public:
  struct phrase {
    folded_text folded;
    std::size_t characters; ///< of the folded form, spaces included
    std::uint32_t order;    ///< as added: 0, 1, …
    std::uint32_t value;
  };

  /// False where the text has no word: such a phrase matches nothing, and is not added.
  bool add(std::string_view text, std::uint32_t value);

  /// The longest phrase that begins at word `i`, or null.
  const phrase* longest_at(const folded_text& text, std::size_t i) const;

  /// The longest phrase anywhere, the one added first among several; null where there is none.
  const phrase* longest(const folded_text& text) const;

private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  /// By first word; each list with the best match first.
  std::unordered_map<std::string, std::vector<phrase>, hash, std::equal_to<>> by_first_word_;
  std::uint32_t count_ = 0;
};

} // namespace btpay
