#pragma once
/// What the faulty disk notes of each step.

#include <cstdint>

namespace btpay::testing {

enum class disk_step : std::uint64_t {
  write,     ///< bytes were given to the disk, at a place of the file
  sync_last, ///< the write before has lasted since
  sync_all,  ///< all writes before have lasted since
  told       ///< the process has told the world these bytes
};

/// Followed by the bytes.
struct disk_note {
  disk_step what;
  std::uint64_t at;
  std::uint64_t bytes;
};

} // namespace btpay::testing
