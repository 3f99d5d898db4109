#include "storage/log_verification.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"

#include <cinttypes>
#include <cstdio>

namespace btpay::replay {

int verify(const data_directory& where) {
  const auto summary = verify_lmdb_event_log(where.log(), [](const log_fault& fault) {
    std::printf("bad record at %" PRIu64 ": %s\n", raw(fault.at), fault.why.message.c_str());
  });
  if (!summary)
    return fail(program, summary.error());
  std::printf("verified %" PRIu64 " events of %zu users, %zu faults\n", raw(summary->last), summary->users,
              summary->faults);
  return summary->faults == 0 ? exit_done : exit_found_wrong;
}

} // namespace btpay::replay
