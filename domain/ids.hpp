#pragma once
/// Identities. Strong types, so that a position is never passed where a user is meant.

#include <compare>
#include <cstdint>

namespace btpay {

/// A user of the service. Given out by the account store, never reused, 1 is the first.
enum class user_id : std::uint64_t {};

/// A place in the event log: the sequence number of an event. 0 is "before the first event". Grows, has no gaps.
enum class position : std::uint64_t {};

/// A transaction's id is the position of the event that imported it.
enum class transaction_id : std::uint64_t {};

/// A notification's id is the position of the event that posted it.
enum class notification_id : std::uint64_t {};

template <class Id>
constexpr std::uint64_t raw(Id id) noexcept {
  return static_cast<std::uint64_t>(id);
}

constexpr position next(position p) noexcept { return position{raw(p) + 1}; }

inline constexpr position log_start{0};

} // namespace btpay
