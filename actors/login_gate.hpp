#pragma once
/// Who may try a password now. A wrong one costs the name and the address it came from ever longer waits; a right one
/// clears the name. An attempt counts as wrong until it is known to be right, so that a thousand at once are no way
/// around. Any thread. Knows names and addresses by a hash, forgets them in time, and never holds more than its limit.

#include "domain/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace btpay {

struct login_limits {
  unsigned name_attempts_free = 10;          ///< wrong ones in a row before a name has to wait
  unsigned address_attempts_free = 50;       ///< the same of an address, whatever the names; loopback never waits
  std::chrono::seconds wait_first{1};        ///< after the first that is not free; then twice as long each time
  std::chrono::seconds wait_max{60};         ///< and no longer, since whoever guesses also locks out who knows
  std::chrono::seconds forget_time{15 * 60}; ///< without an attempt
  std::size_t waiting_max = 64;              ///< attempts that are being checked, about 0.1 s each; then 503
  std::size_t entries_max = 20'000;          ///< names and addresses kept
};

class login_gate {
public:
  explicit login_gate(login_limits limits = {}) : limits_(limits) {}

  /// Who tries, as `leave` has to repeat it.
  struct attempt {
    std::uint64_t name = 0;
    std::uint64_t address = 0; ///< 0: not counted
  };
  struct verdict {
    std::optional<attempt> entered;     ///< may be checked now
    std::chrono::seconds retry_after{}; ///< else: when to come back
    bool busy = false;                  ///< because of others
  };
  verdict enter(std::string_view name, std::string_view address, instant now);
  /// Once for each that entered.
  void leave(const attempt& who, bool was_right);

private:
  struct entry {
    unsigned wrong = 0; ///< in a row, those being checked included
    instant last{};
    instant blocked_until{};
  };
  entry& entry_of(std::uint64_t who, instant now);
  void count(entry& one, unsigned free, instant now) const;
  void make_room(instant now);

  const login_limits limits_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, entry> entries_;
  std::size_t waiting_ = 0;
};

} // namespace btpay
