#include "storage/lmdb_event_log.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <limits>
#include <string_view>
#include <unordered_set>

namespace btpay::replay {

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
  const auto read = (*log)->read(log_start, std::numeric_limits<std::size_t>::max(), [&](const recorded_event& e) {
    auto& one = counts[e.body.index()];
    one.type = type_name(e.body);
    ++one.events;
    users.insert(raw(e.user));
    return true;
  });
  if (!read)
    return fail(program, read.error());
  std::printf("events %" PRIu64 "\nusers %zu\n", raw(*read), users.size());
  for (const auto& one : counts)
    if (one.events != 0)
      std::printf("%.*s %" PRIu64 "\n", static_cast<int>(one.type.size()), one.type.data(), one.events);
  return exit_done;
}

} // namespace btpay::replay
