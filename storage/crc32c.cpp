#include "storage/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
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

__attribute__((target("sse4.2"))) std::uint32_t extend_by_instruction(std::uint32_t crc,
                                                                      std::string_view bytes) noexcept {
  std::uint64_t state = ~crc;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof(std::uint64_t); at += sizeof(std::uint64_t), left -= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    state = _mm_crc32_u64(state, word);
  }
  auto rest = static_cast<std::uint32_t>(state);
  for (; left > 0; ++at, --left)
    rest = _mm_crc32_u8(rest, static_cast<unsigned char>(*at));
  return ~rest;
}

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
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction)
    return extend_by_instruction(crc, bytes);
#endif
  return extend_crc32c_portably(crc, bytes);
}

} // namespace btpay
