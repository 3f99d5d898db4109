#include "tools/common/view_folds.hpp"

#include "domain/digest.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace btpay {

namespace {

constexpr std::size_t events_per_read = 16384;

// What the events of a share take, and what is rendered of a user, for the estimate.
constexpr std::uint64_t bytes_per_event = 200;
constexpr std::uint64_t bytes_per_user = 12 * 1024;
constexpr std::uint64_t parts_max = 4096;

} // namespace

unsigned threads_of(const work_limits& limits) noexcept {
  return limits.threads != 0 ? limits.threads : std::max(1U, std::thread::hardware_concurrency());
}

std::uint32_t parts_of(const work_limits& limits, position events) noexcept {
  const std::uint64_t threads = threads_of(limits);
  const auto bytes = raw(events) * bytes_per_event + limits.users * bytes_per_user;
  const auto wanted = threads * (bytes / std::max<std::size_t>(1, limits.memory_bytes) + 1);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(wanted, 1, parts_max));
}

std::uint64_t code_id(view_kind kind, const policies& rules) {
  return digest_of(std::string(to_string(kind)) + ' ' + std::to_string(code_version_of(kind)) + ' ' +
                   std::to_string(rules.rules_id))
      .first;
}

std::array<std::uint64_t, view_kinds> code_ids(const policies& rules) {
  std::array<std::uint64_t, view_kinds> ids{};
  for (std::size_t kind = 0; kind < view_kinds; ++kind)
    ids[kind] = code_id(static_cast<view_kind>(kind), rules);
  return ids;
}

refusal stopped() { return {errc::shutting_down, "stopped; the next rebuild goes on from here"}; }

result<void> stream_share(const event_log& log, user_share whose, position until, const work_watch& watch,
                          const std::function<void(const recorded_event&)>& visit, const user_herald& coming) {
  for (position at = log_start; at < until;) {
    const auto count = std::min<std::uint64_t>(events_per_read, raw(until) - raw(at));
    const auto each = [&visit](const recorded_event& e) {
      visit(e);
      return true;
    };
    const auto read = log.read_share(whose, at, count, each, coming);
    if (!read)
      return tl::unexpected(read.error());
    if (*read == at)
      return refuse(errc::corrupt_record, "the log ends at " + std::to_string(raw(at)) + ", before " +
                                              std::to_string(raw(until)) + ": restore a backup of it");
    if (!watch(raw(*read) - raw(at)))
      return tl::unexpected(stopped());
    at = *read;
  }
  return {};
}

result<void> for_each_part(const std::vector<std::uint32_t>& parts, unsigned threads,
                           const std::function<result<void>(std::uint32_t part)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::optional<refusal> why;
  const auto run = [&] {
    for (auto i = next++; i < parts.size() && !failed; i = next++)
      if (auto done = work(parts[i]); !done) {
        const std::lock_guard guard{mutex};
        if (!why)
          why = std::move(done.error());
        failed = true;
      }
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, parts.size()); ++i)
    helpers.emplace_back(run);
  run();
  for (auto& helper : helpers)
    helper.join();
  if (why)
    return tl::unexpected(std::move(*why));
  return {};
}

stored_view rendered(any_view& view, view_kind kind, instant time) {
  view.advance(time);
  stored_view made;
  made.kind = static_cast<std::uint8_t>(kind);
  made.time = time;
  made.good_until = view.next_change();
  view.render(made.data);
  return made;
}

} // namespace btpay
