/// Disks that fail, files that were cut off or come from a newer version, clocks that go back: each is told clearly,
/// nothing acknowledged is lost, and no answer is wrong.

#include "storage/lmdb_event_log.hpp"
#include "storage/log_verification.hpp"
#include "tests/recovery/writer_process.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace btpay;
using namespace btpay::testing;

namespace {

std::size_t all() { return std::numeric_limits<std::size_t>::max(); }

void say(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

/// A log of so many events of 500 bytes.
void fill(const std::filesystem::path& dir, std::size_t events) {
  const auto log = open_witnessed_log(dir);
  REQUIRE(log);
  for (std::size_t i = 0; i < events; ++i)
    REQUIRE((*log)->append(
        std::vector{new_events{user_id{1}, (*log)->head(), {note(std::to_string(i) + std::string(500, 'x'))}}},
        instant{}));
}

/// Runs `work` in a process of its own; gives how it ended and what it said on stderr.
template <class Work>
std::pair<int, std::string> apart(const Work& work) {
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(told[1], STDERR_FILENO);
    std::signal(SIGBUS, SIG_DFL); // the sanitizer's own
    ::_exit(work());
  }
  ::close(told[1]);
  std::string said;
  char some[4096];
  for (ssize_t count = 0; (count = ::read(told[0], some, sizeof some)) > 0;)
    said.append(some, static_cast<std::size_t>(count));
  ::close(told[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return {status, said};
}

} // namespace

TEST_CASE("a disk that fails in any way refuses clearly, loses nothing acknowledged, and goes on when it is mended") {
  BTPAY_SEEDED(random);
  struct failing {
    std::string how;
    const char* told;
  };
  const auto which = GENERATE(failing{"write " + std::to_string(ENOSPC), "no room left on the disk"},
                              failing{"short " + std::to_string(ENOSPC), "no room left on the disk"},
                              failing{"write " + std::to_string(EDQUOT), "no room left on the disk"},
                              failing{"write " + std::to_string(EIO), "or it fails"},
                              failing{"sync " + std::to_string(EIO), "or it fails"},
                              failing{"sync " + std::to_string(ENOSPC), "no room left on the disk"},
                              failing{"write " + std::to_string(EROFS), "read-only file system"});
  CAPTURE(which.how);
  const temp_dir dir;
  const auto fault = dir.path() / "fault";
  witness expected;
  for (std::uint64_t round = 0; round < rounds(3); ++round) {
    {
      writer_process writer({.dir = dir.path() / "log", .fault = fault, .round = round, .seed = random()});
      const auto take_acknowledged = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
          if (const auto line = writer.next(); line && line->acknowledged)
            expected.expect(*line->acknowledged);
          else
            return line;
        return std::optional<writer_line>{};
      };
      REQUIRE_FALSE(take_acknowledged(5 + below(random, 20)));
      say(fault, which.how);
      auto refused = take_acknowledged(100'000);
      REQUIRE(refused);
      const bool must_restart = refused->refused.find("restart the service") != std::string::npos;
      if (!must_restart)
        CHECK_THAT(refused->refused, Catch::Contains(which.told) || Catch::Contains("restart the service"));
      say(fault, "");
      while (!must_restart && refused && refused->refused.find("restart the service") == std::string::npos) {
        refused = writer.next();
        REQUIRE(refused);
        if (refused->acknowledged) {
          expected.expect(*refused->acknowledged);
          break;
        }
      }
    }
    const auto log = open_witnessed_log(dir.path() / "log");
    REQUIRE(log);
    expected.check_new_events(**log);
  }
  const auto summary = verify_lmdb_event_log(dir.path() / "log", [](const log_fault& f) { FAIL(f.why.message); });
  REQUIRE(summary);
}

TEST_CASE("a log whose file was cut off anywhere is refused as such, and never crashes who reads it") {
  BTPAY_SEEDED(random);
  const temp_dir dir;
  fill(dir.path(), 200);
  const auto file = dir.path() / "data.mdb";
  const auto whole = std::filesystem::file_size(file);
  for (std::uint64_t round = 0; round < rounds(10); ++round) {
    const temp_dir cut;
    std::filesystem::copy_file(file, cut.path() / "data.mdb");
    std::filesystem::resize_file(cut.path() / "data.mdb", 1 + below(random, whole - 1));
    const auto log = open_lmdb_event_log(cut.path());
    REQUIRE_FALSE(log);
    CHECK_THAT(log.error().message, Catch::Contains(cut.path().string()));
    CHECK_THAT(log.error().message, Catch::Contains("restore a backup"));
  }
}

TEST_CASE("a file that is cut off while it is read ends the process with the path and what to do") {
  const temp_dir dir;
  fill(dir.path(), 200);
  const auto file = dir.path() / "data.mdb";
  const auto [status, said] = apart([&] {
    const auto log = open_lmdb_event_log(dir.path(), {.read_only = true});
    if (!log)
      return 10;
    std::filesystem::resize_file(file, 8192);
    static_cast<void>((*log)->read(log_start, all(), [](const recorded_event&) { return true; }));
    return 11;
  });
  CAPTURE(said);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 2);
  CHECK_THAT(said, Catch::Contains("cannot read " + std::filesystem::canonical(file).string()));
  CHECK_THAT(said, Catch::Contains("restore a backup"));
}

TEST_CASE("pages that were torn never give an event that was not written") {
  BTPAY_SEEDED(random);
  const temp_dir dir;
  fill(dir.path(), 60);
  std::ifstream input(dir.path() / "data.mdb", std::ios::binary);
  const std::string sound{std::istreambuf_iterator<char>{input}, {}};
  for (std::uint64_t round = 0; round < rounds(30); ++round) {
    auto torn = sound;
    const auto at = below(random, torn.size() - 512) / 512 * 512;
    torn.replace(at, 512, std::string(512, static_cast<char>(random())));
    const temp_dir copy;
    say(copy.path() / "data.mdb", torn);
    const auto ended = apart([&] {
      const auto log = open_lmdb_event_log(copy.path(), {.read_only = true});
      if (!log)
        return log.error().message.empty() ? 20 : 0;
      std::size_t i = 0;
      bool right = true;
      static_cast<void>((*log)->read(log_start, all(), [&](const recorded_event& e) {
        const auto* posted = std::get_if<notification_posted>(&e.body);
        right = right && posted && posted->key == std::to_string(i++) + std::string(500, 'x');
        return true;
      }));
      return right ? 0 : 21;
    });
    CAPTURE(at);
    CAPTURE(ended.second);
    if (WIFEXITED(ended.first))
      CHECK((WEXITSTATUS(ended.first) == 0 || WEXITSTATUS(ended.first) == 2 || WEXITSTATUS(ended.first) == 1));
  }
}

TEST_CASE("a file of a newer LMDB is refused as such") {
  const temp_dir dir;
  fill(dir.path(), 1);
  std::fstream file(dir.path() / "data.mdb", std::ios::binary | std::ios::in | std::ios::out);
  for (const auto meta : {0, 4096}) {
    file.seekp(meta + 16 + 4); // behind the page's header and the magic number
    file.write("\3\0\0\0", 4);
  }
  file.close();
  const auto log = open_lmdb_event_log(dir.path());
  REQUIRE_FALSE(log);
  CHECK(log.error().code == errc::unsupported_version);
  CHECK_THAT(log.error().message, Catch::Contains("another LMDB"));
}

TEST_CASE("a clock that goes back changes the times that are told, and neither the order nor the log") {
  const temp_dir dir;
  const auto noon = *parse_rfc3339("2026-02-04T12:00:00Z");
  std::vector<instant> times;
  {
    const auto log = open_witnessed_log(dir.path());
    REQUIRE(log);
    for (int i = 0; i < 100; ++i) {
      times.push_back(noon - std::chrono::minutes{i % 7 * i});
      REQUIRE(
          (*log)->append(std::vector{new_events{user_id{1}, (*log)->head(), {note(std::to_string(i))}}}, times.back()));
    }
  }
  const auto log = open_witnessed_log(dir.path());
  REQUIRE(log);
  std::vector<instant> read;
  REQUIRE((*log)->read(log_start, all(), [&read](const recorded_event& e) {
    CHECK(std::get<notification_posted>(e.body).key == std::to_string(read.size()));
    read.push_back(e.recorded_at);
    return true;
  }));
  CHECK(read == times);
}

TEST_CASE("a reader of another process keeps its moment while the file grows to many times its size") {
  const temp_dir dir;
  fill(dir.path(), 50);
  int go_on[2];
  int begun[2];
  REQUIRE(::pipe(go_on) == 0);
  REQUIRE(::pipe(begun) == 0);
  const pid_t reader = ::fork();
  if (reader == 0) {
    const auto log = open_lmdb_event_log(dir.path(), {.read_only = true});
    std::size_t seen = 0;
    if (!log)
      ::_exit(10);
    const auto read = (*log)->read(log_start, all(), [&](const recorded_event& e) {
      char byte = 0;
      if (seen == 0 && (::write(begun[1], &byte, 1) != 1 || ::read(go_on[0], &byte, 1) != 1))
        ::_exit(11);
      if (std::get<notification_posted>(e.body).key != std::to_string(seen++) + std::string(500, 'x'))
        ::_exit(12);
      return true;
    });
    ::_exit(read && seen == 50 ? 0 : 13);
  }
  char byte = 0;
  REQUIRE(::read(begun[0], &byte, 1) == 1);
  const auto before = std::filesystem::file_size(dir.path() / "data.mdb");
  {
    const auto log = open_witnessed_log(dir.path());
    REQUIRE(log);
    for (int i = 0; i < 40; ++i)
      REQUIRE((*log)->append(
          std::vector{new_events{user_id{1}, (*log)->head(), std::vector<event>(100, note(std::string(2000, 'y')))}},
          instant{}));
  }
  CHECK(std::filesystem::file_size(dir.path() / "data.mdb") > 20 * before);
  REQUIRE(::write(go_on[1], &byte, 1) == 1);
  int status = 0;
  REQUIRE(::waitpid(reader, &status, 0) == reader);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("on a read-only file system a log is read, and refused for writing with what to do") {
  const temp_dir dir;
  const auto [status, said] = apart([&] {
    const bool own_mounts = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (!own_mounts || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", dir.path().c_str(), "tmpfs", 0, "size=4m") != 0)
      return 10;
    {
      const auto log = open_lmdb_event_log(dir.path() / "log");
      if (!log || !(*log)->append(std::vector{new_events{user_id{1}, log_start, {note("x")}}}, instant{}))
        return 11;
    }
    if (::mount("none", dir.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0)
      return 10;
    const auto refused = open_lmdb_event_log(dir.path() / "log");
    if (refused || refused.error().message.find("read-only") == std::string::npos)
      return 12;
    if (const auto made = open_lmdb_event_log(dir.path() / "other");
        made || made.error().message.find("read-only") == std::string::npos)
      return 13;
    const auto log = open_lmdb_event_log(dir.path() / "log", {.read_only = true});
    if (!log)
      return 14;
    std::size_t seen = 0;
    const auto read = (*log)->read(log_start, all(), [&seen](const recorded_event&) { return ++seen != 0; });
    return read && seen == 1 ? 0 : 15;
  });
  CAPTURE(said);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 10)
    WARN("no file system may be mounted here");
  else
    CHECK(WEXITSTATUS(status) == 0);
}
