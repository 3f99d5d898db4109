#include "storage/read_ahead.hpp"

#include <sys/mman.h>

namespace btpay {

namespace {

/// So much is mapped at once: one call for all of it costs less than the faults that it spares, each of which maps 64
/// KiB. Where it is not in memory yet, it is read from the disk in one go.
constexpr std::uintptr_t window_bytes = std::uintptr_t{2} << 20U;

/// Who reads fewer records does not pay for a window.
constexpr std::size_t short_scan = 256;

/// LMDB fills a page from its end, so the record after one lies before it.
void prefetch_before(std::string_view record) noexcept {
  constexpr std::ptrdiff_t line_bytes = 64;
  constexpr std::ptrdiff_t typical_lines = 4;
  for (std::ptrdiff_t line = 1; line <= typical_lines; ++line)
    __builtin_prefetch(record.data() - line * line_bytes);
}

} // namespace

void read_ahead::passed(std::string_view record) noexcept {
  prefetch_before(record);
  if (++passed_ < short_scan)
    return;
  const auto number = reinterpret_cast<std::uintptr_t>(record.data()) / window_bytes;
  auto& mapped = mapped_[number % mapped_.size()];
  if (mapped == number)
    return;
  mapped = number;
  // Ends early where the file does. An older kernel than 5.14 does not know it, and faults as ever.
  ::madvise(reinterpret_cast<void*>(number * window_bytes), window_bytes, MADV_POPULATE_READ);
}

} // namespace btpay
