#pragma once
/// Who knows afterwards what a log that was hurt must hold.

#include "tests/recovery/random_appender.hpp"
#include "tests/support/seed.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>

namespace btpay::testing {

/// What the log must hold, and what it was seen to hold.
class witness {
public:
  void expect(const acknowledgement& done);

  /// Reads what is new since the last time, which must be all that was acknowledged, each event once and in its place.
  void check_new_events(const event_log& log);

  std::size_t acknowledged() const { return acknowledged_.size(); }

private:
  std::map<std::uint64_t, std::string> acknowledged_; ///< position -> key
  std::unordered_set<std::string> seen_;
  std::map<user_id, position> heads_;
  position checked_{};
};

/// How many rounds a test is asked for: $ROUNDS, or `usual`.
std::uint64_t rounds(std::uint64_t usual);

} // namespace btpay::testing
