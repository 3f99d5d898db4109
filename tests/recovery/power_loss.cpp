/// The power goes at any step of what a writer does to its disk; what was not synced is lost, torn or there in another
/// order. ROUNDS=… in the environment makes more of it.

#include "storage/log_verification.hpp"
#include "tests/recovery/disk_journal.hpp"
#include "tests/recovery/writer_process.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// After so many losses in a row on one log a new one is begun, so that the first commits of a log have their share.
constexpr std::uint64_t losses_per_log = 40;
constexpr std::uint64_t losses_per_run = 8;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  return {std::istreambuf_iterator<char>{input}, {}};
}

/// The keys of a log's events, by place.
using log_keys = std::vector<std::string>;

log_keys keys_in(const event_log& log) {
  log_keys keys;
  const auto read = log.read(log_start, std::numeric_limits<std::size_t>::max(), [&keys](const recorded_event& e) {
    keys.push_back(std::get<notification_posted>(e.body).key);
    return true;
  });
  if (!read)
    FAIL(read.error().message);
  return keys;
}

/// A log that was found after a loss.
struct found_log {
  std::string file; ///< data.mdb; empty: there was none
  log_keys keys{};
};

class power_cut {
public:
  power_cut(const temp_dir& dir, rng& random) : dir_(dir), random_(random) {}

  /// Runs a writer on what was found before, and cuts its power at several of its steps, each time from the start.
  /// Gives what was found last, to go on from.
  found_log run(const found_log& before, std::uint64_t round, std::uint64_t losses) {
    const auto journal = dir_.path() / "journal";
    std::filesystem::remove(journal);
    place(before.file);
    writer_process writer(
        {.dir = log_dir(), .journal = journal, .round = round, .seed = random_(), .batches = 1 + below(random_, 30)});
    while (const auto line = writer.next())
      REQUIRE(line->acknowledged);
    const auto steps = read_disk_journal(journal);
    REQUIRE_FALSE(steps.empty());
    found_log found;
    for (; losses > 0; --losses)
      found = lose(before, steps, below(random_, steps.size() + 1));
    return found;
  }

  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t unsynced() const { return unsynced_; }

private:
  std::filesystem::path log_dir() const { return dir_.path() / "log"; }

  void place(const std::string& file) const {
    std::filesystem::remove_all(log_dir());
    if (file.empty())
      return;
    std::filesystem::create_directory(log_dir());
    std::ofstream(log_dir() / "data.mdb", std::ios::binary) << file;
  }

  found_log lose(const found_log& before, const std::vector<noted_step>& steps, std::size_t cut) {
    INFO("cut before step " << cut << " of " << steps.size());
    lossy_disk disk(before.file);
    std::vector<acknowledgement> acknowledged;
    for (std::size_t i = 0; i < cut; ++i) {
      disk.take(steps[i]);
      if (steps[i].what == disk_step::told)
        acknowledged.push_back(parse_writer_line(steps[i].bytes)->acknowledged.value());
    }
    unsynced_ += disk.unsynced();
    place(disk.after_power_loss(random_));
    return check(before, acknowledged);
  }

  /// Everything that was there before and all that was acknowledged is there, each in its place and once; the log is
  /// sound, and takes more.
  found_log check(const found_log& before, const std::vector<acknowledgement>& acknowledged) {
    found_log found;
    {
      const auto log = open_witnessed_log(log_dir());
      if (!log)
        FAIL(log.error().message);
      found.keys = keys_in(**log);
    }
    REQUIRE(found.keys.size() >= before.keys.size());
    REQUIRE(std::equal(before.keys.begin(), before.keys.end(), found.keys.begin()));
    for (const auto& done : acknowledged)
      for (auto at = raw(done.where.first); at <= raw(done.where.last); ++at) {
        REQUIRE(at <= found.keys.size());
        REQUIRE(found.keys[at - 1] == key_of(done.round, done.serial, at - raw(done.where.first)));
        ++acknowledged_;
      }
    found.file = content_of(log_dir() / "data.mdb");
    const auto log = open_witnessed_log(log_dir());
    REQUIRE(log);
    REQUIRE(random_appender(**log, 0, random_).append());
    auto sorted = found.keys;
    std::sort(sorted.begin(), sorted.end());
    REQUIRE(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
    return found;
  }

  const temp_dir& dir_;
  rng& random_;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t unsynced_ = 0;
};

} // namespace

TEST_CASE("whenever the power goes, a log holds every acknowledged event and goes on") {
  BTPAY_SEEDED(random);
  const temp_dir dir;
  power_cut power(dir, random);
  const auto wanted = rounds(48);
  found_log found;
  for (std::uint64_t done = 0; done < wanted;) {
    INFO("after " << done << " losses");
    if (done % losses_per_log == 0)
      found = {};
    const auto losses = std::min(losses_per_run, wanted - done);
    done += losses;
    found = power.run(found, done, losses);
  }
  CHECK(power.acknowledged() > 0);
  CHECK(power.unsynced() > 0);
  std::printf("lost power %llu times, with the seed %llu: %llu acknowledged events looked for, none lost; %llu writes "
              "were under way\n",
              static_cast<unsigned long long>(wanted), static_cast<unsigned long long>(random_seed),
              static_cast<unsigned long long>(power.acknowledged()), static_cast<unsigned long long>(power.unsynced()));
}
