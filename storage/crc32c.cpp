#include "storage/crc32c.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#endif

namespace btpay {

namespace {

constexpr std::uint32_t reflected_polynomial = 0x82F63B78;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
    table[byte] = crc;
  }
  return table;
}

constexpr auto table = make_table();

#if defined(__x86_64__)

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

/// The instruction takes three times as long as it keeps its unit busy, so three parts of the bytes are summed side by
/// side; which also fetches three parts from memory at once. Longer bytes are summed in blocks of such parts.
constexpr std::size_t part_words_max = 128;

/// What a sum is multiplied by (without carries, modulo the polynomial) so that it counts for bytes that so many words
/// follow: x^(64 words - 33). The 33 makes up for the product's one bit and for the instruction that reduces it.
constexpr std::array<std::uint32_t, 2 * part_words_max + 1> make_shifts() {
  std::array<std::uint32_t, 2 * part_words_max + 1> shifts{};
  std::uint32_t power = 0x80000000; // 1: the highest bit is x^0
  for (std::size_t exponent = 0, words = 1; words < shifts.size(); ++exponent) {
    if (exponent == 64 * words - 33)
      shifts[words++] = power;
    power = (power >> 1) ^ ((power & 1) != 0 ? reflected_polynomial : 0);
  }
  return shifts;
}

constexpr auto shifts = make_shifts();

std::uint64_t word_at(const char* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

__attribute__((target("sse4.2,pclmul"))) __m128i shifted(std::uint64_t sum, std::size_t words) noexcept {
  return _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(sum)),
                              _mm_cvtsi64_si128(static_cast<long long>(shifts[words])), 0);
}

/// Three parts of `words` words each, behind each other.
__attribute__((target("sse4.2,pclmul"))) std::uint64_t sum_of_parts(std::uint64_t state, const char* at,
                                                                    std::size_t words) noexcept {
  const std::size_t part = words * word_bytes;
  std::uint64_t second = 0;
  std::uint64_t third = 0;
  const char* const last = at + part - word_bytes;
  for (; at < last; at += word_bytes) {
    state = _mm_crc32_u64(state, word_at(at));
    second = _mm_crc32_u64(second, word_at(at + part));
    third = _mm_crc32_u64(third, word_at(at + 2 * part));
  }
  state = _mm_crc32_u64(state, word_at(at));
  second = _mm_crc32_u64(second, word_at(at + part));
  const auto both = _mm_xor_si128(shifted(state, 2 * words), shifted(second, words));
  return _mm_crc32_u64(third, word_at(at + 2 * part) ^ static_cast<std::uint64_t>(_mm_cvtsi128_si64(both)));
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t extend_by_instruction(std::uint32_t crc,
                                                                             std::string_view bytes) noexcept {
  std::uint64_t state = ~crc;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  constexpr std::size_t parts_bytes_min = 3 * 4 * word_bytes; // below, putting together costs more than it saves
  while (left >= parts_bytes_min) {
    const auto words = std::min(part_words_max, left / (3 * word_bytes));
    state = sum_of_parts(state, at, words);
    at += 3 * words * word_bytes;
    left -= 3 * words * word_bytes;
  }
  for (; left >= word_bytes; at += word_bytes, left -= word_bytes)
    state = _mm_crc32_u64(state, word_at(at));
  auto rest = static_cast<std::uint32_t>(state);
  if (left >= sizeof(std::uint32_t)) {
    std::uint32_t half = 0;
    std::memcpy(&half, at, sizeof half);
    rest = _mm_crc32_u32(rest, half);
    at += sizeof half;
    left -= sizeof half;
  }
  for (; left > 0; ++at, --left)
    rest = _mm_crc32_u8(rest, static_cast<unsigned char>(*at));
  return ~rest;
}

/// Asked once, when the program begins.
const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("pclmul") != 0;

#endif

} // namespace

std::uint32_t extend_crc32c_portably(std::uint32_t crc, std::string_view bytes) noexcept {
  std::uint32_t state = ~crc;
  for (const char c : bytes)
    state = (state >> 8) ^ table[(state ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~state;
}

std::uint32_t extend_crc32c(std::uint32_t crc, std::string_view bytes) noexcept {
#if defined(__x86_64__)
  if (has_instruction)
    return extend_by_instruction(crc, bytes);
#endif
  return extend_crc32c_portably(crc, bytes);
}

} // namespace btpay
