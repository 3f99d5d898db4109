#pragma once
/// Histories that nobody would write by hand: everything may happen, often at the borders of the windows.

#include "tests/projections/history.hpp"
#include "tests/support/seed.hpp"

#include <array>
#include <utility>

namespace btpay::testing {

/// Writes a history on and lets its clock run, forward mostly, about the days when Bucharest's clocks change.
class random_history {
public:
  explicit random_history(rng& random);

  /// Adds one event.
  const recorded_event& happen();

  /// Moves the clock, and gives what it shows.
  instant pass();

  instant now() const noexcept { return now_; }
  const history& so_far() const noexcept { return history_; }

private:
  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  template <class... T>
  auto one_of(T... each) {
    const std::array all{each...};
    return all[below(all.size())];
  }
  /// Less than `span`.
  duration within(duration span);
  instant date();
  transaction content();
  std::uint64_t known();
  std::pair<transaction_id, transaction_id> known_pair();
  void decide_matches();
  void decide_otherwise();

  rng& random_;
  history history_;
  std::vector<std::uint64_t> imported_;
  instant now_;
};

} // namespace btpay::testing
