#pragma once
/// Fetches what a scan of mapped records is about to read: such a scan waits for memory more than it works. What it
/// does is advice, so nothing can fail.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace btpay {

/// Owned by one scan. One thread.
class read_ahead {
public:
  /// Hears of each record, in the order of the scan.
  void passed(std::string_view record) noexcept;

private:
  std::array<std::uintptr_t, 16> mapped_{}; ///< windows, by their number; a log whose pages are reused goes to and fro
  std::size_t passed_ = 0;
};

} // namespace btpay
