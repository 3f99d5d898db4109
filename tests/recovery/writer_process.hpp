#pragma once
/// A `log_writer` on a faulty disk, in a process of its own.

#include "tests/recovery/witness.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

namespace btpay::testing {

/// A line of the writer.
struct writer_line {
  std::optional<acknowledgement> acknowledged;
  std::string refused; ///< why, where it was
};
std::optional<writer_line> parse_writer_line(const std::string& line);

struct writer_order {
  std::filesystem::path dir;
  std::filesystem::path journal{}; ///< of the disk; empty for none
  std::filesystem::path fault{};   ///< says how the disk fails; empty for never
  std::uint64_t round = 0;
  std::uint64_t seed = 0;
  std::uint64_t batches = 1'000'000;
};

class writer_process {
public:
  explicit writer_process(const writer_order& order);
  ~writer_process(); ///< kills it
  writer_process(const writer_process&) = delete;
  writer_process& operator=(const writer_process&) = delete;

  /// The next line; nothing when it has ended.
  std::optional<writer_line> next();

private:
  pid_t pid_ = 0;
  int told_ = -1;
  std::string waiting_;
};

} // namespace btpay::testing
