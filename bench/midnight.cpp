/// What it costs that the windows of all users move at once: 100,000 watched users with 100 rows each, at midnight and
/// at the next full hour. The projector is the service's own, over a log that makes its events as they are read; the
/// watchers only count. Usage: midnight [USERS] [dashboard|pending|hourly|categories]

#include "actors/projector.hpp"
#include "actors/spawn.hpp"
#include "tests/support/actor_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <malloc.h>
#include <string>
#include <vector>

using namespace btpay;

namespace {

constexpr std::size_t rows = 100;
const instant midnight = *parse_rfc3339("2026-02-04T22:00:00Z"); ///< in Bucharest

/// Every user has the same hundred payments: one every twenty minutes until a minute before midnight.
class same_for_all final : public event_log {
public:
  same_for_all() {
    events_.push_back(user_opened{"someone", "Europe/Bucharest", {}});
    for (std::size_t i = 0; i < rows; ++i) {
      transaction t;
      t.source = "bench";
      t.external_id = std::to_string(i);
      t.date = midnight - std::chrono::minutes{1 + 20 * (rows - 1 - i)};
      t.amount.minor = -static_cast<std::int64_t>(100 + i);
      t.description = "BT Pay - Merchant number " + std::to_string(i % 20);
      t.status = i % 8 ? transaction_status::synced : transaction_status::pending;
      events_.push_back(transaction_imported{std::move(t)});
    }
  }

  result<std::vector<result<appended_range>>> append(std::span<const new_events>, instant) override {
    return refuse(errc::storage_failed, "this log is only read");
  }
  position head() const override { return {}; }
  result<position> head_of(user_id) const override { return position{}; }
  result<position> read_share(user_share, position, std::size_t, const event_visitor&,
                              const user_herald&) const override {
    return position{};
  }
  result<position> user_event_before(user_id, position from, std::size_t count) const override {
    return position{raw(from) - std::min(raw(from), std::uint64_t{count})};
  }
  result<void> read_user_until(user_id user, position, position, const event_visitor& visit) const override {
    for (std::size_t i = 0; i < events_.size(); ++i)
      visit({position{i + 1}, position{i}, user, midnight, events_[i]});
    return {};
  }
  std::string_view epoch() const noexcept override { return "0123456789abcdef0123456789abcdef"; }

private:
  std::vector<event> events_;
};

class counter : public session_actor::base {
public:
  counter(caf::actor_config& config, std::uint64_t& views) : session_actor::base(config), views_(views) {}
  session_actor::behavior_type make_behavior() override {
    return {[](const frame_received&) {},
            [](const peer_closed&) {},
            [this](const view_frame&) { ++views_; },
            [](const periodic_frames&) {},
            [](const notification_frame&) {},
            [](const inbox_frames&) {},
            [](const outbox_drained&) {},
            [](const tick&) {}};
  }

private:
  std::uint64_t& views_;
};

/// Processor time of this thread, so that what else runs on the machine does not count.
double milliseconds_run() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return 1000.0 * static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e6;
}

std::size_t heap() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct world : testing::actor_fixture {
  std::uint64_t views = 0;
  double longest = 0; ///< ms

  /// Runs what is ready, actor by actor, and the pauses between.
  void run_to_the_end() {
    do
      for (bool ran = true; ran;) {
        const auto begin = milliseconds_run();
        ran = scheduler.try_run_once();
        longest = std::max(longest, milliseconds_run() - begin);
      }
    while (scheduler.trigger_timeouts() != 0);
  }
};

void measure_one(view_kind kind, std::size_t users) {
  world all;
  const auto log = std::make_shared<const same_for_all>();
  const auto time = std::make_shared<testing::manual_clock>(midnight - std::chrono::minutes{1});
  const auto rules = *make_default_classifier(shipped_rules());
  const auto services = std::make_shared<const projector_services>(
      projector_services{.log = log, .time = time, .policy = {.rules = rules}, .repeat_unchanged_dashboard = false});
  const auto projector = all.own(spawn_projector(all.system, all.unit, kind, services));
  const session_actor watcher = all.own(all.system.spawn<counter>(all.views));

  const auto heap_before = heap();
  for (std::size_t user = 1; user <= users; ++user) {
    caf::anon_send(projector, watch{user_id{user}, watcher});
    if (user % 1000 == 0)
      all.run();
  }
  all.run();
  const auto bytes = static_cast<double>(heap() - heap_before) / static_cast<double>(users);
  for (const auto& [name, moment] : {std::pair{"midnight", midnight}, {"01:00", midnight + std::chrono::hours{1}}}) {
    all.views = 0;
    all.longest = 0;
    time->set(moment);
    const auto before = milliseconds_run();
    caf::anon_send(projector, tick{});
    all.run_to_the_end();
    const auto spent = milliseconds_run() - before;
    std::printf("| %-10s | %-8s | %8zu | %8llu | %8.0f | %6.2f | %8.2f | %8.0f |\n",
                std::string(to_string(kind)).c_str(), name, users, static_cast<unsigned long long>(all.views), spent,
                all.views ? 1000.0 * spent / static_cast<double>(all.views) : 0.0, all.longest, bytes);
    std::fflush(stdout);
  }
}

} // namespace

int main(int argc, char** argv) {
  const std::size_t users = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  std::printf("| view       | at       | users    | pushed   | CPU ms   | us per | longest  | bytes    |\n"
              "|            |          |          |          | in all   | view   | batch ms | per user |\n"
              "|---|---|---|---|---|---|---|---|\n");
  for (const auto kind : all_views)
    if (argc < 3 || to_string(kind) == argv[2])
      measure_one(kind, users);
}
