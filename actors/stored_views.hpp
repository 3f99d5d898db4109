#pragma once
/// Views that were kept, and when one may stand for what the log gives. No CAF.

#include "projections/projection.hpp"
#include "storage/event_log.hpp"
#include "storage/view_store.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace btpay {

/// For operators. Any thread.
struct view_counts {
  std::atomic<std::uint64_t> kept{0};      ///< written to the store
  std::atomic<std::uint64_t> dropped{0};   ///< not written: the disk was full, or they were too many
  std::atomic<std::uint64_t> served{0};    ///< taken from the store in place of a fold
  std::atomic<std::uint64_t> not_found{0}; ///< folded, since the store had none that would do
  std::atomic<std::uint64_t> wrong{0};     ///< that were not what the log gives
};

/// The stored view of a user where it is what the log gives now: made by this code, up to the user's last event of this
/// very log, and nothing in it changes by time alone before now. Whatever is doubtful is nothing.
std::optional<stored_view> find_stored(const view_store& store, const event_log& log, view_kind kind, user_id user,
                                       std::uint64_t code, instant now);

} // namespace btpay
