#pragma once
/// The event log: the only truth. Everything else can be rebuilt from it.

#include "domain/errc.hpp"
#include "domain/event.hpp"

#include <cstddef>
#include <cstdint>
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

/// Hears whose event is visited next, before it is decoded, so that what is kept of that user can be fetched meanwhile.
using user_herald = std::function<void(user_id)>;

/// Some of the users: those whose ids hash to `index` of `count`. Every user is in exactly one of the shares.
struct user_share {
  std::uint32_t index = 0;
  std::uint32_t count = 1;

  bool holds(user_id user) const noexcept {
    return count == 1 || (raw(user) * 0x9E3779B97F4A7C15U >> 32U) % count == index;
  }
};

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
  result<position> read(position after, std::size_t count_max, const event_visitor& visit) const {
    return read_share({}, after, count_max, visit, {});
  }

  /// The same, but passes over the events of other users, which costs a tenth of visiting them and counts alike.
  /// `coming` may be empty.
  virtual result<position> read_share(user_share whose, position after, std::size_t count_max,
                                      const event_visitor& visit, const user_herald& coming) const = 0;

  /// Visits a user's events after `after`, oldest first. Costs what that user has there, not what the log has.
  result<void> read_user(user_id user, position after, const event_visitor& visit) const {
    return head_of(user).and_then([&](position last) { return read_user_until(user, after, last, visit); });
  }

  /// The same up to `last`, which is an event of the user. Events link backwards, so it costs what lies between the two
  /// even where `visit` stops early: who reads a long history in portions does so with a `user_event_cursor`.
  virtual result<void> read_user_until(user_id user, position after, position last,
                                       const event_visitor& visit) const = 0;

  /// Goes back from `from`, an event of the user, along `count` links. `log_start` where there are not so many.
  virtual result<position> user_event_before(user_id user, position from, std::size_t count) const = 0;

  /// Which log this is: 32 hex digits, random, made with the log. Positions of two epochs are not comparable.
  virtual std::string_view epoch() const noexcept = 0;
};

/// For implementations: refuses with `stale` where the user's last event is not the expected one.
result<void> check_expected(const new_events& wanted, position head);

} // namespace btpay
