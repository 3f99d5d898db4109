/// A process that appends is killed with SIGKILL at any moment, again and again, on the same log. ROUNDS=… in the
/// environment makes more of it.

#include "storage/log_verification.hpp"
#include "tests/recovery/witness.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"

#include <csignal>
#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// The process that is killed: appends random batches and tells of each. Never returns.
[[noreturn]] void write_until_killed(const std::filesystem::path& dir, std::uint64_t round, rng random, int told) {
  const auto log = open_witnessed_log(dir);
  if (!log)
    ::_exit(1);
  for (random_appender appender(**log, round, random);;) {
    const auto made = appender.append();
    if (!made)
      ::_exit(2);
    for (const auto& done : *made)
      if (::write(told, &done, sizeof done) != sizeof done)
        ::_exit(3);
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

} // namespace

TEST_CASE("whenever its writer is killed, a log holds every acknowledged event once and goes on") {
  BTPAY_SEEDED(random);
  const temp_dir dir;
  witness expected;
  const auto wanted = rounds(100);
  for (std::uint64_t round = 0; round < wanted; ++round) {
    INFO("round " << round);
    for (const auto& done : run_and_kill(dir.path(), round, random))
      expected.expect(done);
    const auto log = open_witnessed_log(dir.path());
    REQUIRE(log);
    expected.check_new_events(**log);
  }
  const auto summary = verify_lmdb_event_log(dir.path(), [](const log_fault& fault) { FAIL(fault.why.message); });
  REQUIRE(summary);
  REQUIRE(summary->faults == 0);
  CHECK(expected.acknowledged() > 0);
  std::printf("killed %llu writers, with the seed %llu: %zu acknowledged events of %llu, none lost\n",
              static_cast<unsigned long long>(wanted), static_cast<unsigned long long>(random_seed),
              expected.acknowledged(), static_cast<unsigned long long>(raw(summary->last)));
}
