#include "domain/digest.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <unordered_set>

using namespace btpay;

namespace {

// The key of the published test vectors: the bytes 00 to 0f.
constexpr std::uint64_t key_first = 0x0706050403020100;
constexpr std::uint64_t key_second = 0x0f0e0d0c0b0a0908;

std::string counting_bytes(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i)
    bytes += static_cast<char>(i);
  return bytes;
}

} // namespace

TEST_CASE("a digest is the published one of SipHash-2-4 with 128 bits") {
  const auto with_key = [](std::size_t size) { return digest_of(counting_bytes(size), key_first, key_second); };
  CHECK(with_key(0) == digest{0xe6a825ba047f81a3, 0x930255c71472f66d});
  CHECK(with_key(1) == digest{0x44af996bd8c187da, 0x45fc229b11597634});
  CHECK(with_key(63) == digest{0x4a83502f77d15051, 0x7cbd3f979a063e50});
}

TEST_CASE("digests of all short texts differ") {
  std::unordered_set<digest, digest::hash> seen;
  for (std::size_t size = 0; size < 300; ++size) {
    seen.insert(digest_of(std::string(size, '\0')));
    seen.insert(digest_of(std::string(size, 'x')));
  }
  CHECK(seen.size() == 599);
}
