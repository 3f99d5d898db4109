#pragma once
/// Who appends to a log that is going to be hurt.

#include "storage/event_log.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace btpay::testing {

/// What the writer tells of one append after it was acknowledged. Its events are told apart by `key_of`.
struct acknowledgement {
  std::uint64_t round;
  std::uint64_t serial;
  appended_range where;
};

std::string key_of(std::uint64_t round, std::uint64_t serial, std::uint64_t index);

/// With checkpoints so often that many failures fall on one.
result<std::unique_ptr<event_log>> open_witnessed_log(const std::filesystem::path& dir);

/// Appends random batches of several users.
class random_appender {
public:
  random_appender(event_log& log, std::uint64_t round, std::mt19937_64 random)
      : log_(log), round_(round), random_(random) {}

  /// One batch: what was acknowledged of it, or why all of it was refused.
  result<std::vector<acknowledgement>> append();

private:
  event_log& log_;
  std::uint64_t round_;
  std::mt19937_64 random_;
  std::uint64_t serial_ = 0;
};

} // namespace btpay::testing
