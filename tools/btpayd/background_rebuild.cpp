#include "tools/btpayd/background_rebuild.hpp"

#include "tools/common/view_rebuild.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t memory_bytes = std::size_t{256} << 20U;
constexpr int lowest_priority = 19;

/// Of this thread alone.
void lower_priority() {
  const auto self = static_cast<id_t>(::syscall(SYS_gettid));
  if (::setpriority(PRIO_PROCESS, self, lowest_priority) != 0)
    spdlog::warn("views are rebuilt with the priority of all else: {}", std::strerror(errno));
}

} // namespace

background_rebuild::background_rebuild(std::shared_ptr<const event_log> log, std::shared_ptr<view_store> store,
                                       std::shared_ptr<const account_store> accounts, std::shared_ptr<const clock> time)
    : log_(std::move(log)),
      store_(std::move(store)),
      accounts_(std::move(accounts)),
      time_(std::move(time)),
      thread_([this] { run(); }) {}

background_rebuild::~background_rebuild() {
  stop();
  thread_.join();
}

void background_rebuild::look(policies rules) {
  {
    const std::lock_guard guard{mutex_};
    wanted_ = std::move(rules);
    interrupted_ = true;
    state_.running = true;
  }
  changed_.notify_one();
}

void background_rebuild::stop() {
  {
    const std::lock_guard guard{mutex_};
    stopped_ = true;
    interrupted_ = true;
  }
  changed_.notify_one();
}

void background_rebuild::run() {
  lower_priority();
  for (;;) {
    policies rules;
    {
      std::unique_lock guard{mutex_};
      state_.running = wanted_.has_value();
      changed_.wait(guard, [this] { return stopped_ || wanted_; });
      if (stopped_)
        return;
      rules = *std::exchange(wanted_, std::nullopt);
      interrupted_ = false;
    }
    if (is_needed(rules))
      rebuild(rules);
  }
}

bool background_rebuild::is_needed(const policies& rules) {
  if (log_->head() == log_start)
    return false;
  const auto live = store_->live();
  if (!live) {
    spdlog::error("the stored views cannot be read, and are not rebuilt: {}", live.error().message);
    return false;
  }
  if (!*live || (*live)->epoch != log_->epoch() || (*live)->code != code_ids(rules))
    return true;
  for (const auto at : (*live)->everybody_at)
    if (at == log_start && (*live)->at != log_start)
      return true; // Made by a put, then by a rebuild of a part.
  state_.generation = (*live)->number;
  return false;
}

void background_rebuild::rebuild(const policies& rules) {
  const auto fail = [](const refusal& why) { spdlog::error("the stored views are not rebuilt: {}", why.message); };
  const auto lock = store_->claim_building();
  if (!lock) {
    spdlog::warn("the stored views are not rebuilt here: {}", lock.error().message);
    return;
  }
  const auto users = accounts_->all_users();
  if (!users)
    return fail(users.error());
  rebuild_order order;
  order.limits = {.threads = 1, .memory_bytes = memory_bytes, .users = users->size()};
  auto plan = plan_rebuild(*log_, *store_, rules, order, time_->now());
  if (!plan)
    return fail(plan.error());
  if (const auto parts = parts_of(order.limits, plan->generation.at); plan->resumed && plan->generation.parts < parts) {
    plan->resumed = false; // It was begun by who had more memory.
    plan->generation.parts = parts;
    plan->generation.done.clear();
  }
  state_.events_done = 0;
  state_.events_total = plan->events();
  spdlog::info("{} the stored views up to event {}: {} of {} parts", plan->resumed ? "goes on rebuilding" : "rebuilds",
               raw(plan->generation.at), plan->parts().size(), plan->generation.parts);
  const auto begun = time_->now();
  const auto made = rebuild_views(*log_, *store_, rules, *plan, order.limits, [this](std::uint64_t events) {
    state_.events_done += events;
    return !interrupted_;
  });
  if (!made && made.error().code == errc::shutting_down)
    return spdlog::info("stopped rebuilding the stored views after {} of {} events; the next start goes on",
                        state_.events_done.load(), state_.events_total.load());
  if (!made)
    return fail(made.error());
  state_.generation = made->number;
  spdlog::info("rebuilt the stored views up to event {} as generation {} in {} ms", raw(made->at), made->number,
               std::chrono::duration_cast<std::chrono::milliseconds>(time_->now() - begun).count());
}

} // namespace btpay
