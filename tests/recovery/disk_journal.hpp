#pragma once
/// A disk of which the power may go at any step: what was synced lasts, and of what was not each sector may be there or
/// not, in any order.

#include "tests/recovery/disk_journal_format.hpp"
#include "tests/support/seed.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace btpay::testing {

struct noted_step {
  disk_step what{};
  std::uint64_t at = 0;
  std::string bytes;
};

/// The last step may be cut off: it is left out then.
std::vector<noted_step> read_disk_journal(const std::filesystem::path& file);

class lossy_disk {
public:
  explicit lossy_disk(std::string content) : durable_(std::move(content)) {}

  void take(const noted_step& step);
  /// The file as it may be found when the power has gone now; empty where there is none. A new one gets its name when
  /// it has been synced for the first time.
  std::string after_power_loss(rng& random) const;
  std::size_t unsynced() const noexcept { return unsynced_.size(); }

private:
  std::string durable_;
  std::vector<noted_step> unsynced_;
};

} // namespace btpay::testing
