#include "storage/account_store.hpp"
#include "storage/lmdb_event_log.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/event_json.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/progress.hpp"

#include <cerrno>
#include <cstdio>
#include <limits>
#include <system_error>

namespace btpay::replay {

namespace {

constexpr std::uint64_t events_per_progress = 4096;
/// Read in transactions that are short, so that the log's pages are not held.
constexpr std::size_t events_per_read = 16384;

/// Writes events to stdout; a failure ends the walk and is told.
class printer {
public:
  explicit printer(std::uint64_t events) : shown_(program, "export", "events", events) {}

  bool print(const recorded_event& e) {
    const auto line = to_json_line(e) + '\n';
    failed_ = std::fwrite(line.data(), 1, line.size(), stdout) != line.size();
    if (failed_)
      why_ = errno;
    if (++printed_ % events_per_progress == 0)
      shown_.add(events_per_progress);
    return !failed_;
  }

  int end() {
    if (!failed_ && std::fflush(stdout) != 0) {
      failed_ = true;
      why_ = errno;
    }
    if (!failed_)
      return exit_done;
    return fail(program, "cannot write the events (" + std::generic_category().message(why_) +
                             "): what was printed is not all of them");
  }

  bool failed() const noexcept { return failed_; }

private:
  progress shown_;
  std::uint64_t printed_ = 0;
  bool failed_ = false;
  int why_ = 0;
};

int export_user(const data_directory& where, const event_log& log, const std::string& user) {
  const auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return fail(program, accounts.error());
  const auto who = (*accounts)->find_user(user);
  if (!who)
    return fail(program, who.error());
  printer to(0);
  const auto read = log.read_user(who->id, log_start, [&to](const recorded_event& e) { return to.print(e); });
  return read ? to.end() : fail(program, read.error());
}

} // namespace

int export_events(const data_directory& where, const std::string& user) {
  const auto log = open_lmdb_event_log(where.log(), {.read_only = true});
  if (!log)
    return fail(program, log.error());
  if (!user.empty())
    return export_user(where, **log, user);
  const auto end = (*log)->head();
  printer to(raw(end));
  for (auto at = log_start; at < end && !to.failed();) {
    const auto read = (*log)->read(at, events_per_read, [&to](const recorded_event& e) { return to.print(e); });
    if (!read)
      return fail(program, read.error());
    at = *read;
  }
  return to.end();
}

} // namespace btpay::replay
