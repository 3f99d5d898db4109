#pragma once
/// The event log: the only truth. Everything else can be rebuilt from it.

#include "domain/errc.hpp"
#include "domain/event.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace btpay {

/// Events of one user that are to be appended together or not at all.
struct new_events {
  user_id user{};
  /// The user's last event when this was decided (`user_state::version`). The append is refused with `stale` where
  /// the user's stream has moved on; so a retry after a lost answer can do no harm: it is either appended or stale.
  position expected{};
  std::vector<event> events; ///< may name each other's transactions (`nth_of_append`); the log has their ids
};

/// Where an append went. `previous` is the user's event before `first`. All three are `expected` where there were no
/// events to append.
struct appended_range {
  position first{};
  position last{};
  position previous{};
};

/// Sees one event; returns false to stop. Called inside a read transaction: must return promptly.
using event_visitor = std::function<bool(const recorded_event&)>;

/// One thread appends (the event log actor's); any thread reads, each call in a read transaction of its own that ends
/// with the call. Reads see only what is durable. Failures are values: `storage_full`, `storage_failed`,
/// `corrupt_record`, `unsupported_version`; the log stays usable after each.
class event_log {
public:
  virtual ~event_log() = default;

  /// Appends all of `batch` in one transaction that is on the disk when this returns. The outer result is the
  /// commit's: where it failed, nothing at all was written. The inner results are in the batch's order; a stale
  /// append spoils no other. Several appends of one user in a batch see each other, in order.
  virtual result<std::vector<result<appended_range>>> append(std::span<const new_events> batch,
                                                             instant recorded_at) = 0;

  /// The last event of the log; `log_start` where it is empty.
  virtual position head() const = 0;

  /// The last event of a user; `log_start` where it has none.
  virtual result<position> head_of(user_id user) const = 0;

  /// Visits the events after `after`, oldest first, at most `count_max`. Gives the last position visited.
  virtual result<position> read(position after, std::size_t count_max, const event_visitor& visit) const = 0;

  /// Visits a user's events after `after`, oldest first. Costs what that user has, not what the log has.
  virtual result<void> read_user(user_id user, position after, const event_visitor& visit) const = 0;

  /// Which log this is: 32 hex digits, random, made with the log. Positions of two epochs are not comparable.
  virtual std::string_view epoch() const noexcept = 0;
};

/// For implementations: refuses with `stale` where the user's last event is not the expected one.
result<void> check_expected(const new_events& wanted, position head);

} // namespace btpay
