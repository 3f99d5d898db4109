#pragma once
/// The check of a whole log, for `btpay-replay verify` and for tests: reads every record in one transaction.

#include "domain/errc.hpp"
#include "domain/ids.hpp"
#include "storage/record_format.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace btpay {

/// What was read. `head` stands for the whole log: one who has written it down elsewhere can tell later that nothing
/// before it was changed.
struct log_summary {
  std::string epoch;
  position last{};
  chain_hash head{};
  std::uint64_t bytes = 0; ///< of the records
  std::size_t users = 0;
  std::size_t faults = 0;
};

struct log_fault {
  position at{};
  refusal why; ///< names the record and the path
};

/// Reads the log in `dir`, which another process may be writing, and tells every fault: checksums and bodies, gaps, the
/// hash chain, each user's links, the heads that were written down. Ends early behind a gap. Fails where the
/// environment cannot be read at all. Not in a process that has the log open. About a million events a second; now and
/// then `on_progress` hears how far it is.
result<log_summary> verify_lmdb_event_log(const std::filesystem::path& dir,
                                          const std::function<void(const log_fault&)>& on_fault,
                                          const std::function<void(position)>& on_progress = {});

/// How many events there are, for who wants to tell how far he is. Not in a process that has the log open.
result<std::uint64_t> count_lmdb_events(const std::filesystem::path& dir);

} // namespace btpay
