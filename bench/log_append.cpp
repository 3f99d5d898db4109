/// What the event log costs over LMDB alone: durable appends by batch size, and a scan that decodes every event, of
/// mapped pages and of such as have to be mapped first, all beside a bare LMDB loop over values of the same size in the
/// same run. Usage: log_append [DIR [SECONDS]]

#include "storage/lmdb.hpp"
#include "storage/lmdb_event_log.hpp"
#include "storage/record_codec.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace btpay;

namespace {

using stopwatch = std::chrono::steady_clock;

constexpr std::uint64_t users = 1000;

template <class T>
T required(result<T> made) {
  if (made) {
    if constexpr (!std::is_void_v<T>)
      return std::move(*made);
    else
      return;
  }
  std::fprintf(stderr, "log_append: %s\n", made.error().message.c_str());
  std::exit(2);
}

event typical_event() {
  transaction t;
  t.source = "bt";
  t.external_id = "2026-02-04-000123456789";
  t.amount.minor = -25'50;
  t.description = "BT Pay - McDonald's #1234 Calea Vitan 55-59, Bucuresti, terminal 00812345, card ending 4242";
  t.merchant = "McDonald's";
  t.mcc = std::uint16_t{5814};
  return transaction_imported{std::move(t)};
}

/// One event each of `events` users, taken in turns.
class batch_source {
public:
  explicit batch_source(std::size_t events) : batch_(events), heads_(users) {
    for (auto& one : batch_)
      one.events = {typical_event()};
  }
  const std::vector<new_events>& next() {
    for (auto& one : batch_) {
      one.user = user_id{1 + turn_++ % users};
      one.expected = heads_[raw(one.user) - 1];
    }
    return batch_;
  }
  void learn(const std::vector<result<appended_range>>& made) {
    for (std::size_t i = 0; i < made.size(); ++i)
      heads_[raw(batch_[i].user) - 1] = required(made[i]).last;
  }

private:
  std::vector<new_events> batch_;
  std::vector<position> heads_;
  std::uint64_t turn_ = 0;
};

/// Events a second by the middle one of many runs, which what else the machine does moves least.
class tally {
public:
  explicit tally(std::uint64_t events_per_run) : events_per_run_{events_per_run} {}
  void add(double seconds) {
    runs_.push_back(seconds);
    total_seconds_ += seconds;
  }
  double total_seconds() const { return total_seconds_; }
  double rate() {
    const auto middle = runs_.begin() + static_cast<std::ptrdiff_t>(runs_.size() / 2);
    std::nth_element(runs_.begin(), middle, runs_.end());
    return static_cast<double>(events_per_run_) / *middle;
  }

private:
  std::uint64_t events_per_run_;
  std::vector<double> runs_;
  double total_seconds_ = 0;
};

void print(const char* what, tally& ours, tally& bare) {
  std::printf("%-11s  %10.0f  %10.0f  %5.2f\n", what, ours.rate(), bare.rate(), ours.rate() / bare.rate());
}

class bare_log {
public:
  explicit bare_log(const std::filesystem::path& dir)
      : env_{required(lmdb::environment::open(dir))},
        events_{required(env_.open_database("events", lmdb::key_order::integers))} {}

  void append(std::size_t events, std::string_view value) {
    auto txn = required(env_.write());
    {
      auto cursor = required(txn.open_cursor(events_));
      for (std::size_t i = 0; i < events; ++i)
        required(cursor.append(++last_, value));
    }
    required(txn.commit());
  }

  /// Gives a sum over the first bytes, so that they have to be read.
  std::uint64_t scan() const {
    const auto txn = required(env_.read());
    auto cursor = required(txn.open_cursor(events_));
    std::uint64_t sum = 0;
    for (auto found = cursor.first(); found && *found; found = cursor.next())
      sum += static_cast<unsigned char>((*found)->value.front());
    return sum;
  }

private:
  lmdb::environment env_;
  lmdb::database events_;
  std::uint64_t last_ = 0;
};

template <class Work>
double seconds_of(const Work& work) {
  const auto start = stopwatch::now();
  work();
  return std::chrono::duration<double>(stopwatch::now() - start).count();
}

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Of the processor alone: for work that waits for nothing, so that what else runs does not count.
template <class Work>
double cpu_seconds_of(const Work& work) {
  const auto start = thread_seconds();
  work();
  return thread_seconds() - start;
}

/// In turns, so that what else the disk does falls on both alike.
void compare_appends(bare_log& bare, event_log& log, std::size_t batch, double seconds, batch_source& source) {
  const std::string value{record_encoder{}.encode({}, typical_event())};
  tally by_bare{batch};
  tally by_log{batch};
  while (by_log.total_seconds() + by_bare.total_seconds() < seconds) {
    by_bare.add(seconds_of([&] { bare.append(batch, value); }));
    const auto& wanted = source.next();
    by_log.add(seconds_of([&] { source.learn(required(log.append(wanted, instant{}))); }));
  }
  print(("append " + std::to_string(batch)).c_str(), by_log, by_bare);
}

std::uint64_t decoding_scan(const event_log& log) {
  std::uint64_t sum = 0;
  required(log.read(log_start, SIZE_MAX, [&](const recorded_event& seen) {
    sum += raw(seen.user);
    return true;
  }));
  return sum;
}

/// Each time by who has not looked at the pages before, as a rebuild is: the system has to map them first.
void compare_first_scans(const std::filesystem::path& dir, double seconds) {
  const auto open_log = [&] { return required(open_lmdb_event_log(dir / "log", {.read_only = true})); };
  const auto events = raw(open_log()->head());
  tally by_bare{events};
  tally by_log{events};
  std::uint64_t sum = 0;
  while (by_log.total_seconds() + by_bare.total_seconds() < seconds) {
    const bare_log bare{dir / "bare"};
    by_bare.add(cpu_seconds_of([&] { sum += bare.scan(); }));
    const auto log = open_log();
    by_log.add(cpu_seconds_of([&] { sum += decoding_scan(*log); }));
  }
  print(sum > 0 ? "first scan" : "empty scan", by_log, by_bare);
}

/// Of what is in the logs, warm.
void compare_scans(const bare_log& bare, const event_log& log, double seconds) {
  tally by_bare{raw(log.head())};
  tally by_log{raw(log.head())};
  std::uint64_t sum = 0;
  while (by_log.total_seconds() + by_bare.total_seconds() < seconds) {
    by_bare.add(cpu_seconds_of([&] { sum += bare.scan(); }));
    by_log.add(cpu_seconds_of([&] { sum += decoding_scan(log); }));
  }
  print(sum > 0 ? "scan" : "empty scan", by_log, by_bare);
}

} // namespace

int main(int argc, char** argv) {
  const std::filesystem::path dir = argc > 1 ? argv[1] : std::filesystem::temp_directory_path() / "btpay-bench-log";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  std::printf("events of %zu bytes, %llu users; events/s, durable by batch size\n",
              record_encoder{}.encode({}, typical_event()).size(), static_cast<unsigned long long>(users));
  std::printf("what         event log   bare LMDB  ratio\n");
  for (const std::size_t batch : {1U, 8U, 64U, 512U}) {
    std::filesystem::remove_all(dir);
    bare_log bare{dir / "bare"};
    const auto log = required(open_lmdb_event_log(dir / "log"));
    batch_source source{batch};
    compare_appends(bare, *log, batch, seconds, source);
    if (batch == 512)
      compare_scans(bare, *log, seconds);
  }
  compare_first_scans(dir, seconds);
  std::filesystem::remove_all(dir);
}
