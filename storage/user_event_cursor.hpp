#pragma once
/// Reads the history of one user in portions, oldest events first.

#include "storage/event_log.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace btpay {

/// For who folds a long history and lets others have their turn in between. Each call is a read of the log that ends
/// with it, so between two nothing is held but numbers, and events may be appended.
///
/// Events link backwards: so the way back from the last event is gone first, a portion in each call, and where each
/// ends is remembered (8 bytes for a portion). Then the portions are visited. Each event is passed once on the way back
/// and read once, however many portions there are.
///
/// Owned by who reads, on one thread. Fails as the log does, and goes on from the same place where it is called again.
class user_event_cursor {
public:
  /// `portion_events` is not 0.
  user_event_cursor(user_id user, position after, std::size_t portion_events) noexcept
      : user_(user), visited_(after), portion_events_(portion_events) {}

  user_id user() const noexcept { return user_; }

  using visitor = std::function<void(const recorded_event&)>;

  /// What one call was about.
  struct passed {
    std::size_t links = 0;  ///< gone back: a whole portion, or none
    std::size_t events = 0; ///< visited
  };
  /// Goes a portion back; or visits one, which may be the first, if the rest of the way back is shorter than a portion.
  result<passed> read_on(const event_log& log, const visitor& visit);

  /// Whether all has been visited that there was when it last looked for the user's last event; the next call looks
  /// again. False before the first.
  bool is_at_end() const noexcept { return looked_ && ends_.empty(); }

private:
  result<void> go_back(const event_log& log);
  result<passed> visit_portion(const event_log& log, const visitor& visit);

  user_id user_;
  position visited_; ///< what comes after it is still to be visited
  std::size_t portion_events_;
  std::vector<position> ends_; ///< last events of the portions to be visited, newest first
  bool way_known_ = false;     ///< no portion lies before the last of `ends_`
  bool looked_ = false;
};

} // namespace btpay
