/// A file system that is really full: a small one in memory, mounted for one process. Where that is not allowed, the
/// cases of full_disk.cpp are all there is.

#include "storage/lmdb_event_log.hpp"
#include "storage/log_verification.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// How the process on the small file system ended. 1 is a sanitizer's, for a signal too.
enum class ending : int {
  sound = 0,
  may_not_mount = 10,
  wrong_refusal,
  lost_events,
  refused_with_room,
  faults,
  new_log_made
};

std::size_t count_events(const event_log& log) {
  std::size_t count = 0;
  const auto read = log.read(log_start, std::numeric_limits<std::size_t>::max(), [&](const recorded_event&) {
    ++count;
    return true;
  });
  return read ? count : 0;
}

/// Fills the file system, makes room, and fills it again.
ending fill_and_go_on(const std::filesystem::path& mount) {
  const auto filler = mount / "filler";
  std::ofstream{filler} << std::string(1'000'000, 'x');
  {
    auto log = open_lmdb_event_log(mount / "log", {.heads_checkpoint_events = 50});
    if (!log)
      return ending::wrong_refusal;
    std::size_t acknowledged = 0;
    const auto append = [&](std::size_t events) -> result<void> {
      std::vector<new_events> batch(1);
      batch[0].user = user_id{1 + acknowledged % 7};
      batch[0].expected = *(*log)->head_of(batch[0].user);
      batch[0].events.assign(events, note(std::string(500, 'x')));
      return (*log)->append(batch, instant{}).map([&](const auto&) { acknowledged += events; });
    };
    auto last = append(1);
    for (std::size_t events = 1; last; events = events % 37 + 1)
      last = append(events);
    if (last.error().code != errc::storage_full)
      return ending::wrong_refusal;
    if (count_events(**log) != acknowledged)
      return ending::lost_events;
    if (open_lmdb_event_log(mount / "new"))
      return ending::new_log_made;
    std::filesystem::remove(filler);
    if (!append(20))
      return ending::refused_with_room;
    while (append(11)) {
    }
    if (count_events(**log) != acknowledged)
      return ending::lost_events;
  }
  const auto summary = verify_lmdb_event_log(mount / "log", [](const log_fault&) {});
  return summary && summary->faults == 0 ? ending::sound : ending::faults;
}

ending run_on_small_file_system(const std::filesystem::path& at) {
  const bool own_mounts = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
  if (!own_mounts || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=2m") != 0)
    return ending::may_not_mount;
  return fill_and_go_on(at);
}

} // namespace

TEST_CASE("on a full file system a log refuses, loses nothing, and goes on when there is room") {
  const temp_dir dir;
  const pid_t child = ::fork();
  if (child == 0)
    ::_exit(static_cast<int>(run_on_small_file_system(dir.path())));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status)); // a map that meets a full disk ends in a signal
  const ending how{WEXITSTATUS(status)};
  if (how == ending::may_not_mount)
    WARN("no file system may be mounted here: only a limit on file sizes played the full disk");
  else
    CHECK(how == ending::sound);
}
