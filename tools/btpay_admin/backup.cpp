#include "storage/backup.hpp"

#include "storage/log_verification.hpp"
#include "tools/btpay_admin/commands.hpp"
#include "tools/common/exit_codes.hpp"

#include <cinttypes>
#include <cstdio>

namespace btpay::admin_tool {

namespace {

/// The log first: an account that is made meanwhile may then lack its events, but no event lacks its account.
result<void> copy_store(const data_directory& from, const data_directory& to) {
  for (const auto& store : {to.log(), to.accounts(), to.views()})
    if (holds_environment(store))
      return refuse(errc::already_exists, store.string() + " holds a store already: choose an empty directory");
  if (!holds_environment(from.log()) || !holds_environment(from.accounts()))
    return refuse(errc::storage_failed, "no store at " + from.root.string() + ": check the path");
  auto copied = back_up_environment(from.log(), to.log());
  if (copied)
    copied = back_up_environment(from.accounts(), to.accounts());
  if (copied && holds_environment(from.views()))
    copied = back_up_environment(from.views(), to.views());
  return copied;
}

int copy_and_check(const data_directory& from, const data_directory& to, const char* done) {
  if (const auto copied = copy_store(from, to); !copied)
    return fail(program, copied.error());
  const auto summary = verify_lmdb_event_log(
      to.log(), [](const log_fault& fault) { std::fprintf(stderr, "%s: %s\n", program, fault.why.message.c_str()); });
  if (!summary)
    return fail(program, summary.error());
  std::printf("%s %" PRIu64 " events of %zu users, %zu faults\n", done, raw(summary->last), summary->users,
              summary->faults);
  return summary->faults == 0 ? exit_done : exit_found_wrong;
}

} // namespace

int back_up(const data_directory& where, const std::string& to) { return copy_and_check(where, {to}, "backed up"); }

int restore(const data_directory& where, const std::string& from) { return copy_and_check({from}, where, "restored"); }

} // namespace btpay::admin_tool
