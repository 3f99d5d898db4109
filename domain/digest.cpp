#include "domain/digest.hpp"

#include <bit>

namespace btpay {

namespace {

/// The state of SipHash: four words, stirred by additions, rotations and exclusive ors.
class sip_state {
public:
  sip_state(std::uint64_t key_first, std::uint64_t key_second)
      : v0_(key_first ^ 0x736f6d6570736575),
        v1_(key_second ^ 0x646f72616e646f6d ^ wide_output),
        v2_(key_first ^ 0x6c7967656e657261),
        v3_(key_second ^ 0x7465646279746573) {}

  void absorb(std::uint64_t word) {
    v3_ ^= word;
    stir(2);
    v0_ ^= word;
  }

  digest finish() {
    digest out;
    v2_ ^= wide_output;
    stir(4);
    out.first = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xdd;
    stir(4);
    out.second = v0_ ^ v1_ ^ v2_ ^ v3_;
    return out;
  }

private:
  static constexpr std::uint64_t wide_output = 0xee; ///< sets the 128-bit variant apart

  void stir(int rounds) {
    for (; rounds > 0; --rounds) {
      v0_ += v1_;
      v2_ += v3_;
      v1_ = std::rotl(v1_, 13) ^ v0_;
      v3_ = std::rotl(v3_, 16) ^ v2_;
      v0_ = std::rotl(v0_, 32);
      v2_ += v1_;
      v0_ += v3_;
      v1_ = std::rotl(v1_, 17) ^ v2_;
      v3_ = std::rotl(v3_, 21) ^ v0_;
      v2_ = std::rotl(v2_, 32);
    }
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

/// Up to eight bytes as a little-endian number. Compilers make one load of a whole word.
std::uint64_t to_word(std::string_view bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return word;
}

} // namespace

digest digest_of(std::string_view bytes, std::uint64_t key_first, std::uint64_t key_second) noexcept {
  constexpr std::size_t word_bytes = 8;
  sip_state state(key_first, key_second);
  const auto size = bytes.size();
  for (; bytes.size() >= word_bytes; bytes.remove_prefix(word_bytes))
    state.absorb(to_word(bytes.substr(0, word_bytes)));
  state.absorb(to_word(bytes) | std::uint64_t{size & 0xff} << 56);
  return state.finish();
}

digest digest_of(std::string_view bytes) noexcept { return digest_of(bytes, 0, 0); }

} // namespace btpay
