#pragma once
/// What rebuilding the stored views and verifying them have in common: the log is streamed once for each share of the
/// users, and never walked along one user's chain. Folding has no effects but the views: no command, no append and no
/// notification can be reached from here.

#include "domain/errc.hpp"
#include "projections/any_view.hpp"
#include "storage/event_log.hpp"
#include "storage/view_store.hpp"
#include "tools/common/policies.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace btpay {

static_assert(view_kinds == stored_view_kinds);

/// Hears of so many more events that were read, also of none; gives false to stop. Any thread.
using work_watch = std::function<bool(std::uint64_t events)>;

/// What the machine may be asked for.
struct work_limits {
  unsigned threads = 0;                            ///< at most; 0: one per core
  std::size_t memory_bytes = std::size_t{1} << 30; ///< for the folds of all threads together, about
  std::size_t users = 0;                           ///< how many there are, about
};

unsigned threads_of(const work_limits& limits) noexcept;

/// Into how many shares the users are divided so that the shares which are folded at one time fit the memory.
std::uint32_t parts_of(const work_limits& limits, position events) noexcept;

/// Tells code and rules of a kind of view; what was stored with another id may differ from what would be rendered now.
std::uint64_t code_id(view_kind kind, const policies& rules);
std::array<std::uint64_t, view_kinds> code_ids(const policies& rules);

/// Why work ended where its watch said so.
refusal stopped();

/// Reads a share's events up to `until`, in transactions that are short, so that the log's pages are not held.
result<void> stream_share(const event_log& log, user_share whose, position until, const work_watch& watch,
                          const std::function<void(const recorded_event&)>& visit, const user_herald& coming);

/// Runs `work` for each of `parts`, on so many threads; gives the first refusal, after which no part is begun.
result<void> for_each_part(const std::vector<std::uint32_t>& parts, unsigned threads,
                           const std::function<result<void>(std::uint32_t part)>& work);

/// Moves a view to `time` and gives what is to be stored of it; `at` and `user` are the caller's to fill in.
stored_view rendered(any_view& view, view_kind kind, instant time);

} // namespace btpay
