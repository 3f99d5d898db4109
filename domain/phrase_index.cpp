#include "domain/phrase_index.hpp"

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

bool goes_before(const phrase_index::phrase& a, const phrase_index::phrase& b) {
  return a.characters != b.characters ? a.characters > b.characters : a.order < b.order;
}

/// Code points: every byte of UTF-8 but the following ones.
std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

} // namespace

bool phrase_index::add(std::string_view text, std::uint32_t value) {
  auto folded = fold(text);
  if (folded.words.empty())
    return false;
  auto& list = by_first_word_[std::string(folded.word_at(0))];
  const auto characters = count_characters(folded.text);
  phrase added{std::move(folded), characters, count_++, value};
  list.insert(std::ranges::upper_bound(list, added, goes_before), std::move(added));
  return true;
}

const phrase_index::phrase* phrase_index::longest_at(const folded_text& text, std::size_t i) const {
  const auto list = by_first_word_.find(text.word_at(i));
  if (list == by_first_word_.end())
    return nullptr;
  const auto rest = std::string_view(text.text).substr(text.words[i].begin);
  const auto found = std::ranges::find_if(list->second, [rest](const phrase& each) {
    const auto size = each.folded.text.size();
    return rest.starts_with(each.folded.text) && (rest.size() == size || rest[size] == ' ');
  });
  return found == list->second.end() ? nullptr : &*found;
}

const phrase_index::phrase* phrase_index::longest(const folded_text& text) const {
  const phrase* best = nullptr;
  for (std::size_t i = 0; i < text.words.size(); ++i)
    if (const auto* found = longest_at(text, i); found && (!best || goes_before(*found, *best)))
      best = found;
  return best;
}

} // namespace btpay
