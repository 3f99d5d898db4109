#pragma once
/// 128-bit digests of bytes, to recognise what was seen before without keeping it.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace btpay {

/// Two different inputs of one user have the same digest with a chance of about n²/2^129 for n inputs: 10^-27 for a
/// million. Not a defence against somebody who searches for a collision: he would only spoil his own transactions.
struct digest {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  friend bool operator==(const digest&, const digest&) = default;

  /// Every bit of a digest is as good as any other, so any of them do for a hash table.
  struct hash {
    std::size_t operator()(const digest& d) const noexcept { return static_cast<std::size_t>(d.first); }
  };
};

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012), with the key 0. The same on every machine.
digest digest_of(std::string_view bytes) noexcept;

/// The same with a key, little-endian halves first; for the published test vectors.
digest digest_of(std::string_view bytes, std::uint64_t key_first, std::uint64_t key_second) noexcept;

} // namespace btpay
