#include "storage/account_import.hpp"
#include "storage/backup.hpp"
#include "storage/lmdb_event_log.hpp"
#include "storage/memory_event_log.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/log_import.hpp"
#include "tools/common/progress.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <vector>

namespace btpay::replay {

namespace {

/// The accounts that the events name and the store lacks, by growing id.
result<std::vector<account>> missing_accounts(const data_directory& where, const checked_lines& checked) {
  std::vector<account> missing;
  for (const auto& [id, opened] : checked.users)
    missing.push_back({.id = user_id{id}, .name = opened.name, .zone = opened.zone, .home = opened.home});
  std::sort(missing.begin(), missing.end(), [](auto& a, auto& b) { return a.id < b.id; });
  if (!holds_environment(where.accounts()))
    return missing;
  const auto store = account_store::open(where.accounts());
  const auto known = store ? (*store)->all_users() : tl::unexpected(store.error());
  if (!known)
    return tl::unexpected(known.error());
  for (const auto& one : *known)
    for (const auto& wanted : missing)
      if ((one.id == wanted.id) != (one.name == wanted.name))
        return refuse(errc::invalid_value, "the account `" + one.name + "` has the id " + std::to_string(raw(one.id)) +
                                               ", and the file has `" + wanted.name + "` with " +
                                               std::to_string(raw(wanted.id)) +
                                               ": import into an empty data directory");
  std::erase_if(missing, [&](const account& wanted) {
    return std::any_of(known->begin(), known->end(), [&](auto& one) { return one.id == wanted.id; });
  });
  return missing;
}

/// Sees the log as it is, without making one.
result<std::unique_ptr<event_log>> look_at_log(const data_directory& where) {
  if (!holds_environment(where.log()))
    return make_memory_event_log();
  return open_lmdb_event_log(where.log(), {.read_only = true});
}

std::uint64_t bytes_of(std::ifstream& file) {
  file.seekg(0, std::ios::end);
  const auto bytes = file.tellg();
  file.clear();
  file.seekg(0);
  return bytes < 0 ? 0 : static_cast<std::uint64_t>(bytes);
}

result<checked_lines> check(std::ifstream& lines, const data_directory& where) {
  const auto log = look_at_log(where);
  if (!log)
    return tl::unexpected(log.error());
  progress shown(program, "check", "bytes", bytes_of(lines));
  return check_lines(lines, **log, [&shown](std::uint64_t bytes) { shown.add(bytes); });
}

result<std::uint64_t> write(std::ifstream& lines, const data_directory& where, const checked_lines& checked) {
  const auto log = open_lmdb_event_log(where.log());
  if (!log)
    return tl::unexpected(log.error());
  progress shown(program, "import", "bytes", bytes_of(lines));
  return append_lines(lines, **log, checked, [&shown](std::uint64_t bytes) { shown.add(bytes); });
}

} // namespace

int import_log(const data_directory& where, const std::string& file, bool dry_run) {
  std::ifstream lines(file, std::ios::binary);
  const auto checked = check(lines, where);
  if (!checked)
    return fail(program, file + ' ' + checked.error().message);
  const auto missing = missing_accounts(where, *checked);
  if (!missing)
    return fail(program, missing.error());
  if (dry_run) {
    std::printf("would append %" PRIu64 " events and add %zu accounts; %" PRIu64 " events are there already\n",
                raw(checked->last) - raw(checked->present), missing->size(), raw(checked->present));
    return exit_done;
  }
  if (const auto added = import_accounts(where.accounts(), *missing); !added)
    return fail(program, added.error());
  const auto written = write(lines, where, *checked);
  if (!written)
    return fail(program, written.error().message + "; what was written stays, the same import goes on from there");
  std::printf("appended %" PRIu64 " events, added %zu accounts\n", *written, missing->size());
  return exit_done;
}

} // namespace btpay::replay
