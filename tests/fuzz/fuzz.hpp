#pragma once
/// What every fuzzer has: libFuzzer's one function, and a check that is not compiled out.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace btpay::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// What has to hold for any input. Both drivers take the abort for a finding, with the input at hand.
inline void must(bool holds) {
  if (!holds)
    std::abort();
}

/// Takes so many bytes off the front; fewer where there are no more.
inline std::string_view take(std::string_view& rest, std::size_t bytes) {
  const auto taken = rest.substr(0, bytes);
  rest.remove_prefix(taken.size());
  return taken;
}

} // namespace btpay::fuzz
