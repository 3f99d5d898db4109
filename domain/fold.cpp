#include "domain/fold.hpp"

#include "domain/unicode.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace btpay {

namespace {

enum class role : std::uint8_t {
  letter,  ///< part of a word
  nothing, ///< neither part of a word nor the end of one
  gap,     ///< parts words
};

bool is_apostrophe(char32_t c) {
  // As typed, as typeset, as transliterated, as typed wrongly, full-width.
  return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0x2032 || c == 0x00B4 || c == '`' ||
         c == 0xFF07;
}

role role_of(char32_t c) {
  if (c < 0x80 && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
    return role::letter;
  if (is_apostrophe(c))
    return role::nothing;
  if (c < 0x80 || c == no_code_point)
    return role::gap;
  const auto mask = U_GET_GC_MASK(static_cast<UChar32>(c));
  if ((mask & (U_GC_L_MASK | U_GC_ND_MASK)) != 0)
    return role::letter;
  return (mask & (U_GC_M_MASK | U_GC_CF_MASK)) != 0 ? role::nothing : role::gap;
}

/// Letters that people write without their stroke or ligature, and that Unicode does not take apart.
std::string_view plain_form(UChar32 lower_case) {
  switch (lower_case) {
  case 0x00E6:
    return "ae";
  case 0x00F8:
    return "o";
  case 0x0153:
    return "oe";
  case 0x00DF:
    return "ss";
  case 0x0142:
    return "l";
  case 0x0111:
    return "d";
  case 0x0131:
    return "i";
  default:
    return {};
  }
}

/// One code point that is taken apart no further.
void append_simple(std::string& out, UChar32 c) {
  if (role_of(static_cast<char32_t>(c)) != role::letter)
    return;
  if (u_isdigit(c)) {
    out += static_cast<char>('0' + u_charDigitValue(c));
    return;
  }
  const auto lower_case = u_foldCase(c, U_FOLD_CASE_DEFAULT);
  if (const auto plain = plain_form(lower_case); !plain.empty())
    out += plain;
  else
    append_code_point(out, static_cast<char32_t>(lower_case));
}

void append_letter(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return;
  }
  auto status = U_ZERO_ERROR;
  static const auto* nfkd = icu::Normalizer2::getNFKDInstance(status);
  icu::UnicodeString parts; // Holds the longest decomposition without allocating.
  if (!nfkd || !nfkd->getDecomposition(static_cast<UChar32>(c), parts)) {
    append_simple(out, static_cast<UChar32>(c));
    return;
  }
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1))
    append_simple(out, parts.char32At(i));
}

} // namespace

folded_text fold(std::string_view source) {
  folded_text folded;
  folded.text.reserve(source.size() + 1);
  folded.words.reserve(8);
  auto in_word = false;
  for (std::size_t at = 0; at < source.size();) {
    const auto begin = at;
    const auto c = take_code_point(source, at);
    const auto what = role_of(c);
    if (what == role::gap)
      in_word = false;
    if (what != role::letter)
      continue;
    const auto size_before = folded.text.size();
    if (!in_word && size_before > 0)
      folded.text += ' ';
    const auto word_begin = folded.text.size();
    append_letter(folded.text, c);
    if (folded.text.size() == word_begin) {
      folded.text.resize(size_before); // A letter that comes apart into marks alone.
      continue;
    }
    if (!in_word)
      folded.words.push_back({static_cast<std::uint32_t>(word_begin), 0, static_cast<std::uint32_t>(begin), 0});
    folded.words.back().end = static_cast<std::uint32_t>(folded.text.size());
    folded.words.back().source_end = static_cast<std::uint32_t>(at);
    in_word = true;
  }
  return folded;
}

} // namespace btpay
