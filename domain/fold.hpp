#pragma once
/// Text as the default rules compare it: words in lower case, without diacritics and apostrophes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// The words of a text. `McDonald's  CAFÉ` is `mcdonalds cafe`: apostrophes vanish, letters lose case and marks, digits
/// of any script are 0 to 9, everything else parts words.
struct folded_text {
  struct word {
    std::uint32_t begin; ///< in `text`
    std::uint32_t end;
    std::uint32_t source_begin; ///< in what was folded, in bytes
    std::uint32_t source_end;
  };

  std::string text; ///< the words, one space between two
  std::vector<word> words;

  std::string_view word_at(std::size_t i) const {
    return std::string_view(text).substr(words[i].begin, words[i].end - words[i].begin);
  }
};

/// Total: bytes that are not UTF-8 part words. Costs about 0.25 µs for 45 characters.
folded_text fold(std::string_view source);

} // namespace btpay
