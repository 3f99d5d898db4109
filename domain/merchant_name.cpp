#include "domain/merchant_name.hpp"

#include "domain/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace btpay {

namespace {

constexpr char32_t en_dash = 0x2013;
constexpr char32_t em_dash = 0x2014;

/// What banks put between the parts of a description. A full stop is one in front only: `STB S.A.` ends with it.
bool is_separator(char32_t c) {
  return is_space(c) || c == en_dash || c == em_dash ||
         (c < 0x80 && std::string_view("-:;|*/,").find(static_cast<char>(c)) != std::string_view::npos);
}

std::string_view without_leading_separators(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    const auto c = take_code_point(text, at);
    if (!is_separator(c) && c != '.')
      return text.substr(begin);
  }
  return {};
}

std::string_view without_trailing_separators(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();)
    if (!is_separator(take_code_point(text, at)))
      end = at;
  return text.substr(0, end);
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    if (!is_space(take_code_point(text, at)))
      continue;
    if (start > begin)
      words.push_back(text.substr(begin, start - begin));
    begin = at;
  }
  if (begin < text.size())
    words.push_back(text.substr(begin));
  return words;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Times and dates, where `d` is a digit.
constexpr auto moments = std::to_array<std::string_view>(
    {"dd:dd", "d:dd", "dd:dd:dd", "dddd-dd-dd", "dd.dd.dddd", "dd/dd/dddd", "dddd-dd-ddTdd:dd", "dddd-dd-ddTdd:dd:dd"});

bool is_moment(std::string_view word) {
  return std::ranges::any_of(moments, [word](std::string_view form) {
    return std::ranges::equal(word, form,
                              [](char c, char wanted) { return wanted == 'd' ? is_digit(c) : c == wanted; });
  });
}

/// At least three digits, behind nothing but `masks`.
bool is_number_behind(std::string_view word, std::string_view masks) {
  const auto digits = std::min(word.find_first_not_of(masks), word.size());
  return word.size() - digits >= 3 && std::ranges::all_of(word.substr(digits), is_digit);
}

/// `#1234`, `****1234`: a card without the word.
bool is_masked_card(std::string_view word) {
  return !word.empty() && !is_digit(word.front()) && is_number_behind(word, "#*");
}

bool is_word_card(std::string_view word) {
  constexpr std::string_view card = "card";
  return std::ranges::equal(word, card, [](char c, char wanted) { return (c | 0x20) == wanted; });
}

/// `(12:30)` and `12:30.` are times too.
std::string_view bare(std::string_view word) {
  constexpr std::string_view around = "()[];.|";
  const auto begin = word.find_first_not_of(around);
  return begin == std::string_view::npos ? word : word.substr(begin, word.find_last_not_of(around) - begin + 1);
}

} // namespace

std::string merchant_name(std::string_view text) {
  text = without_leading_separators(text);
  const auto words = split(text.substr(0, text.find(',')));
  std::string name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = bare(words[i]);
    if (is_moment(word) || is_masked_card(word))
      continue;
    if (is_word_card(word) && i + 1 < words.size() && is_number_behind(bare(words[i + 1]), "#*xX.")) {
      ++i;
      continue;
    }
    if (!name.empty())
      name += ' ';
    name += words[i];
  }
  return std::string(without_trailing_separators(without_leading_separators(name)));
}

} // namespace btpay
