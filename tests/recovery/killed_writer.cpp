/// A process that appends is killed with SIGKILL at any moment, again and again, on the same log. ROUNDS=… in the
/// environment makes more of it.

#include "storage/lmdb_event_log.hpp"
#include "storage/log_verification.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"

#include <csignal>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <unordered_set>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr std::uint64_t users = 10;

/// What the writer tells of one append after it was acknowledged. Its events are told apart by `key_of`.
struct acknowledgement {
  std::uint64_t round;
  std::uint64_t serial;
  appended_range where;
};

std::string key_of(std::uint64_t round, std::uint64_t serial, std::uint64_t index) {
  return std::to_string(round) + '/' + std::to_string(serial) + '/' + std::to_string(index);
}

result<std::unique_ptr<event_log>> open_log(const std::filesystem::path& dir) {
  return open_lmdb_event_log(dir, {.heads_checkpoint_events = 32}); // so that many kills fall on a checkpoint
}

/// The process that is killed: appends random batches and tells of each. Never returns.
[[noreturn]] void write_until_killed(const std::filesystem::path& dir, std::uint64_t round, rng random, int told) {
  const auto log = open_log(dir);
  if (!log)
    ::_exit(1);
  for (std::uint64_t serial = 0;;) {
    std::vector<new_events> batch(1 + below(random, 8));
    const auto serial_of_first = serial;
    for (std::size_t i = 0; i < batch.size(); ++i, ++serial) {
      batch[i].user = user_id{1 + (serial % users)}; // each at most once in a batch
      batch[i].expected = *(*log)->head_of(batch[i].user);
      for (std::uint64_t index = 0; index <= below(random, 4); ++index)
        batch[i].events.push_back(note(key_of(round, serial, index)));
    }
    const auto made = (*log)->append(batch, instant{});
    if (!made)
      ::_exit(2);
    for (std::size_t i = 0; i < made->size(); ++i) {
      if (!(*made)[i])
        ::_exit(3);
      const acknowledgement done{round, serial_of_first + i, *(*made)[i]};
      if (::write(told, &done, sizeof done) != sizeof done)
        ::_exit(4);
    }
  }
}

/// Runs a writer, kills it some time after so many appends, and gives everything that it had acknowledged.
std::vector<acknowledgement> run_and_kill(const std::filesystem::path& dir, std::uint64_t round, rng& random) {
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const rng seed{random()};
  const pid_t writer = ::fork();
  if (writer == 0) {
    ::close(told[0]);
    write_until_killed(dir, round, seed, told[1]);
  }
  ::close(told[1]);
  std::vector<acknowledgement> heard;
  acknowledgement one{};
  const auto kill_after = below(random, 30);
  while (heard.size() < kill_after && ::read(told[0], &one, sizeof one) == sizeof one)
    heard.push_back(one);
  for (auto spins = below(random, 1'000'000); spins > 0; --spins) // anywhere between two commits, or within one
    asm volatile("");
  ::kill(writer, SIGKILL);
  while (::read(told[0], &one, sizeof one) == sizeof one)
    heard.push_back(one);
  ::close(told[0]);
  int status = 0;
  REQUIRE(::waitpid(writer, &status, 0) == writer);
  REQUIRE(WIFSIGNALED(status)); // else it found something wrong itself
  return heard;
}

/// What the log must hold, and what it was seen to hold.
class witness {
public:
  void expect(const acknowledgement& done) {
    for (auto at = raw(done.where.first); at <= raw(done.where.last); ++at)
      acknowledged_[at] = key_of(done.round, done.serial, at - raw(done.where.first));
  }

  /// Reads what is new since the last time.
  void check_new_events(const event_log& log) {
    const auto last = log.read(checked_, std::numeric_limits<std::size_t>::max(), [this](const recorded_event& e) {
      const auto& key = std::get<notification_posted>(e.body).key;
      REQUIRE(e.at == next(checked_));
      REQUIRE(e.previous == heads_[e.user]);
      REQUIRE(seen_.insert(key).second);
      if (const auto known = acknowledged_.find(raw(e.at)); known != acknowledged_.end())
        REQUIRE(known->second == key);
      heads_[e.user] = e.at;
      checked_ = e.at;
      return true;
    });
    REQUIRE(last);
    REQUIRE(log.head() == checked_);
    if (!acknowledged_.empty())
      REQUIRE(acknowledged_.rbegin()->first <= raw(checked_));
    for (const auto& [user, head] : heads_)
      REQUIRE(*log.head_of(user) == head);
  }

  std::size_t acknowledged() const { return acknowledged_.size(); }

private:
  std::map<std::uint64_t, std::string> acknowledged_; ///< position -> key
  std::unordered_set<std::string> seen_;
  std::map<user_id, position> heads_;
  position checked_{};
};

std::uint64_t rounds() {
  const char* text = std::getenv("ROUNDS");
  return text ? std::strtoull(text, nullptr, 10) : 100;
}

} // namespace

TEST_CASE("whenever its writer is killed, a log holds every acknowledged event once and goes on") {
  BTPAY_SEEDED(random);
  const temp_dir dir;
  witness expected;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    INFO("round " << round);
    for (const auto& done : run_and_kill(dir.path(), round, random))
      expected.expect(done);
    const auto log = open_log(dir.path());
    REQUIRE(log);
    expected.check_new_events(**log);
  }
  const auto summary = verify_lmdb_event_log(dir.path(), [](const log_fault& fault) { FAIL(fault.why.message); });
  REQUIRE(summary);
  REQUIRE(summary->faults == 0);
  CHECK(expected.acknowledged() > 0);
}
