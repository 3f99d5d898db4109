#include "storage/lmdb_event_log.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/progress.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <string_view>
#include <sys/stat.h>
#include <unordered_set>

namespace btpay::replay {

namespace {

constexpr std::uint64_t events_per_progress = 16384;

/// What a file takes on the disk; it may have holes.
std::uint64_t allocated_bytes(const std::filesystem::path& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_blocks) * 512 : 0;
}

} // namespace

int stats(const data_directory& where) {
  const auto log = open_lmdb_event_log(where.log(), {.read_only = true});
  if (!log)
    return fail(program, log.error());
  struct count {
    std::string_view type;
    std::uint64_t events = 0;
  };
  std::array<count, std::variant_size_v<event>> counts{};
  std::unordered_set<std::uint64_t> users;
  instant first = end_of_time;
  instant last = instant::min();
  progress shown(program, "stats", "events", raw((*log)->head()));
  const auto read = (*log)->read(log_start, std::numeric_limits<std::size_t>::max(), [&](const recorded_event& e) {
    if (raw(e.at) % events_per_progress == 0)
      shown.add(events_per_progress);
    auto& one = counts[e.body.index()];
    one.type = type_name(e.body);
    ++one.events;
    users.insert(raw(e.user));
    first = std::min(first, e.recorded_at);
    last = std::max(last, e.recorded_at);
    return true;
  });
  if (!read)
    return fail(program, read.error());
  std::printf("events %" PRIu64 "\nusers %zu\n", raw(*read), users.size());
  if (*read > log_start)
    std::printf("first_recorded_at %s\nlast_recorded_at %s\n", to_rfc3339(first).c_str(), to_rfc3339(last).c_str());
  std::printf("allocated_bytes %" PRIu64 "\n", allocated_bytes(where.log() / "data.mdb"));
  for (const auto& one : counts)
    if (one.events != 0)
      std::printf("%.*s %" PRIu64 "\n", static_cast<int>(one.type.size()), one.type.data(), one.events);
  return exit_done;
}

} // namespace btpay::replay
