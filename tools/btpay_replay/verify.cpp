#include "storage/log_verification.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/btpay_replay/opened_store.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/progress.hpp"
#include "tools/common/view_verification.hpp"

#include <cinttypes>
#include <cstdio>
#include <filesystem>

namespace btpay::replay {

namespace {

std::string hex(const chain_hash& hash) {
  std::string text;
  for (const unsigned byte : hash) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    text += digits;
  }
  return text;
}

int verify_log(const data_directory& where) {
  std::uint64_t told = 0;
  const auto events = count_lmdb_events(where.log());
  if (!events)
    return fail(program, events.error());
  progress shown(program, "verify the log", "events", *events);
  const auto summary = verify_lmdb_event_log(
      where.log(),
      [&shown](const log_fault& fault) {
        shown.interrupt(
            [&] { std::printf("bad record at %" PRIu64 ": %s\n", raw(fault.at), fault.why.message.c_str()); });
      },
      [&](position at) { shown.add(raw(at) - std::exchange(told, raw(at))); });
  if (!summary)
    return fail(program, summary.error());
  std::printf("verified %" PRIu64 " events of %zu users, %zu faults\n", raw(summary->last), summary->users,
              summary->faults);
  std::printf("head %s of log %s\n", hex(summary->head).c_str(), summary->epoch.c_str());
  return summary->faults == 0 ? exit_done : exit_found_wrong;
}

std::string name_of(const account_store& accounts, user_id user) {
  const auto who = accounts.find_user(user);
  return who ? who->name : '#' + std::to_string(raw(user));
}

int verify_stored_views(const data_directory& where, const policies& rules, const verify_options& options) {
  const auto store = view_store::open(where.views(), view_store::use::read);
  if (!store)
    return fail(program, store.error());
  const auto live = (*store)->live();
  if (!live)
    return fail(program, live.error());
  if (!*live)
    return exit_done;
  const auto opened = open_store(where);
  if (!opened)
    return fail(program, opened.error());
  const auto users = opened->accounts->all_users();
  if (!users)
    return fail(program, users.error());
  const work_limits limits{
      .threads = options.threads, .memory_bytes = options.memory_mib << 20U, .users = users->size()};
  const auto parts = parts_of(limits, (*live)->at);
  progress shown(program, "verify the views", "events", parts * raw((*live)->at));
  const auto sum = verify_views(
      *opened->log, **store, **live, rules, limits,
      [&shown](std::uint64_t events) {
        shown.add(events);
        return true;
      },
      [&](const view_difference& found) {
        shown.interrupt([&] {
          std::printf("view %s of %s differs at %s: stored %s, rebuilt %s\n",
                      std::string(to_string(found.kind)).c_str(), name_of(*opened->accounts, found.user).c_str(),
                      found.field.c_str(), found.stored.c_str(), found.rebuilt.c_str());
        });
      });
  if (!sum)
    return fail(program, sum.error());
  std::printf("verified %" PRIu64 " stored views, %" PRIu64 " differences\n", sum->views, sum->differences);
  if (sum->of_other_code != 0)
    std::printf("%" PRIu64 " stored views were made by other code or rules and not compared: give the service's "
                "--compat and --rules, or rebuild them\n",
                sum->of_other_code);
  return sum->differences + sum->of_other_code == 0 ? exit_done : exit_found_wrong;
}

} // namespace

int verify(const data_directory& where, const policies& rules, const verify_options& options) {
  const int log = verify_log(where);
  if (log != exit_done || !std::filesystem::exists(where.views() / "data.mdb"))
    return log;
  return verify_stored_views(where, rules, options);
}

} // namespace btpay::replay
