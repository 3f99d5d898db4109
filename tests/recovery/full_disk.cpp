/// A disk without room, played by the process' limit on the size of a file: the kernel then refuses or cuts a write
/// just as a full disk does, and no special rights are needed.

#include "storage/account_store.hpp"
#include "storage/lmdb_event_log.hpp"
#include "storage/log_verification.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"

#include <csignal>
#include <limits>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// While it lives, no file of this process grows beyond `bytes`.
class full_disk {
public:
  explicit full_disk(std::uintmax_t bytes) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    signal_before_ = std::signal(SIGXFSZ, SIG_IGN);
    auto limited = before_;
    limited.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limited) == 0);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_before_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

private:
  rlimit before_{};
  void (*signal_before_)(int) = nullptr;
};

std::uintmax_t file_bytes(const temp_dir& dir) { return std::filesystem::file_size(dir.path() / "data.mdb"); }

std::unique_ptr<event_log> open_log(const temp_dir& dir) {
  auto opened = open_lmdb_event_log(dir.path(), {.heads_checkpoint_events = 50});
  if (!opened)
    FAIL(opened.error().message);
  return std::move(*opened);
}

/// Appends for a random user; gives whether there was room.
bool append_some(event_log& log, rng& random, std::vector<std::string>& acknowledged) {
  std::vector<new_events> batch(1);
  batch[0].user = user_id{1 + below(random, 20)};
  batch[0].expected = *log.head_of(batch[0].user);
  std::vector<std::string> keys;
  for (auto count = 1 + below(random, 20); count > 0; --count) {
    keys.push_back(random_text(random, 3000));
    batch[0].events.push_back(note(keys.back()));
  }
  const auto head = log.head();
  const auto made = log.append(batch, instant{});
  if (!made) {
    REQUIRE(made.error().code == errc::storage_full);
    REQUIRE_THAT(made.error().message, Catch::Contains("no room left on the disk"));
    REQUIRE(log.head() == head);
    return false;
  }
  REQUIRE(made->front());
  acknowledged.insert(acknowledged.end(), keys.begin(), keys.end());
  return true;
}

void check_content(const event_log& log, const std::vector<std::string>& acknowledged) {
  std::vector<std::string> keys;
  REQUIRE(log.read(log_start, std::numeric_limits<std::size_t>::max(), [&](const recorded_event& e) {
    keys.push_back(std::get<notification_posted>(e.body).key);
    return true;
  }));
  REQUIRE((keys == acknowledged));
}

} // namespace

TEST_CASE("on a full disk appends are refused, nothing acknowledged is lost, and it goes on when there is room") {
  BTPAY_SEEDED(random);
  const temp_dir dir;
  std::vector<std::string> acknowledged;
  auto log = open_log(dir);
  for (int round = 0; round < 5; ++round) {
    {
      const full_disk limit{file_bytes(dir) + below(random, 300'000)};
      while (append_some(*log, random, acknowledged)) {
      }
      for (int retry = 0; retry < 3; ++retry)
        append_some(*log, random, acknowledged);
      check_content(*log, acknowledged);
    }
    REQUIRE(append_some(*log, random, acknowledged));
    check_content(*log, acknowledged);
    if (round % 2 == 0) {
      log.reset();
      log = open_log(dir);
      check_content(*log, acknowledged);
    }
  }
  log.reset();
  const auto summary = verify_lmdb_event_log(dir.path(), [](const log_fault& fault) { FAIL(fault.why.message); });
  REQUIRE(summary);
}

TEST_CASE("a log that is closed on a full disk is whole when it is opened again") {
  BTPAY_SEEDED(random);
  const temp_dir dir;
  std::vector<std::string> acknowledged;
  {
    auto log = open_log(dir);
    const full_disk limit{file_bytes(dir) + 200'000};
    while (append_some(*log, random, acknowledged)) {
    }
    log.reset();
  }
  check_content(*open_log(dir), acknowledged);
}

TEST_CASE("a new log on a full disk is refused, and can be made when there is room") {
  const temp_dir dir;
  {
    const full_disk limit{0};
    const auto log = open_lmdb_event_log(dir.path());
    REQUIRE_FALSE(log);
    CHECK_FALSE(log.error().message.empty());
  }
  CHECK(open_log(dir)->head() == log_start);
}

TEST_CASE("on a full disk accounts can be read, and added when there is room") {
  const temp_dir dir;
  const auto store = account_store::open(dir.path());
  REQUIRE(store);
  const auto add = [&](int number) {
    return (*store)->add_user("user" + std::to_string(number), "", "Europe/Bucharest", currency{});
  };
  int added = 0;
  {
    const full_disk limit{file_bytes(dir) + 20'000};
    auto last = add(added);
    for (; last; last = add(added))
      ++added;
    CHECK(last.error().code == errc::storage_full);
    CHECK((*store)->all_users()->size() == static_cast<std::size_t>(added));
  }
  REQUIRE(add(added));
  CHECK((*store)->all_users()->size() == static_cast<std::size_t>(added) + 1);
}
