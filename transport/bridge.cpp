#include "transport/bridge.hpp"

#include "transport/limits.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>
#include <cassert>
#include <future>
#include <limits>
#include <pthread.h>
#include <signal.h>
#include <string>

namespace btpay {

namespace net = boost::asio;

namespace {

thread_local io_unit* current_unit = nullptr;

/// Makes the io units CAF's scheduler.
class unit_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  unit_scheduler(caf::actor_system& system, io_units& units) : abstract_coordinator(system), units_(units) {}

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    // CAF owns modules by plain pointer and deletes them itself.
    return new unit_scheduler(system, dynamic_cast<const unit_system_config&>(system.config()).units());
  }

  /// From a unit, work stays there; from elsewhere (a detached actor, the clock, main) it goes round.
  void enqueue(caf::resumable* job) override {
    auto* const here = io_unit::current();
    (here ? *here : units_.next()).exec_later(job);
  }

  caf::actor_clock& clock() noexcept override { return clock_; }

  void start() override {
    units_.start(system());
    clock_thread_ = std::thread([this] { clock_.run_dispatch_loop(); });
    abstract_coordinator::start();
  }

  /// All actors have ended when CAF calls this, but the last of them may still be on its way out of `resume`, which
  /// refers to the system: hence the wait.
  void stop() override {
    stop_actors();
    clock_.cancel_dispatch_loop();
    clock_thread_.join();
    units_.wind_up();
  }

private:
  io_units& units_;
  caf::detail::thread_safe_actor_clock clock_;
  std::thread clock_thread_;
};

/// Nothing but faults of our own may be delivered to an io thread.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  for (const auto fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF})
    sigdelset(&all, fault);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace

struct io_unit::repetition {
  repetition(net::io_context& context, std::chrono::milliseconds each, std::function<void()> what)
      : timer(context), interval(each), call(std::move(what)) {}
  net::steady_timer timer;
  std::chrono::milliseconds interval;
  std::function<void()> call;
};

// The hint 1 says that one thread runs the context, which spares waking others.
io_unit::io_unit() : context_(std::make_unique<net::io_context>(1)) {}

io_unit::~io_unit() { assert(ready_.empty() && inbox_.empty()); }

io_unit* io_unit::current() noexcept { return current_unit; }

void io_unit::exec_later(caf::resumable* job) {
  if (current_unit == this) {
    ready_.push_back(job);
    open_round_soon();
    return;
  }
  bool first = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    first = inbox_.empty();
    inbox_.push_back(job);
  }
  // One wake-up per burst: who comes second knows that the first one's is under way.
  if (first)
    net::post(*context_, [this] {
      const round opened(*this);
      take_inbox();
    });
}

void io_unit::post(std::function<void()> call) {
  net::post(*context_, [this, call = std::move(call)] {
    const round opened(*this);
    call();
  });
}

void io_unit::at_round_end(round_task& task) {
  if (task.is_linked())
    return;
  round_tasks_.push_back(task);
  open_round_soon();
}

void io_unit::open_round_soon() {
  if (in_round_ || round_posted_)
    return;
  round_posted_ = true;
  net::post(*context_, [this] {
    round_posted_ = false;
    const round opened(*this);
  });
}

void io_unit::close_round() {
  run_jobs(round_resumes_max);
  in_round_ = false;
  while (!round_tasks_.empty()) {
    auto& task = round_tasks_.front();
    round_tasks_.pop_front();
    task.at_round_end();
  }
  if (!ready_.empty())
    open_round_soon();
}

void io_unit::run_jobs(std::size_t resumes_max) {
  for (; !ready_.empty() && resumes_max > 0; --resumes_max) {
    auto* const job = ready_.front();
    ready_.pop_front();
    switch (job->resume(this, resume_messages_max)) {
    case caf::resumable::resume_later:
      ready_.push_back(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(job);
      break;
    case caf::resumable::shutdown_execution_unit: // only sent by CAF's own schedulers
      break;
    }
  }
}

void io_unit::take_inbox() {
  {
    const std::lock_guard lock(inbox_mutex_);
    taken_.swap(inbox_);
  }
  ready_.insert(ready_.end(), taken_.begin(), taken_.end());
  taken_.clear();
}

timer_id io_unit::every(std::chrono::milliseconds interval, std::function<void()> call) {
  const timer_id which{next_timer_.fetch_add(1, std::memory_order_relaxed)};
  net::dispatch(*context_,
                [this, which, interval, call = std::move(call)]() mutable { start(which, interval, std::move(call)); });
  return which;
}

void io_unit::cancel(timer_id which) {
  net::dispatch(*context_, [this, which] { repetitions_.erase(which); });
}

void io_unit::start(timer_id which, std::chrono::milliseconds interval, std::function<void()> call) {
  auto added = std::make_shared<repetition>(*context_, interval, std::move(call));
  added->timer.expires_after(interval);
  repetitions_.emplace(which, std::move(added));
  await(which);
}

void io_unit::await(timer_id which) {
  repetitions_.at(which)->timer.async_wait([this, which](const boost::system::error_code& cancelled) {
    const auto found = repetitions_.find(which);
    if (cancelled || found == repetitions_.end())
      return;
    const auto due = found->second; // survives a call that cancels it
    {
      const round opened(*this);
      due->call();
    }
    if (!repetitions_.count(which))
      return;
    due->timer.expires_at(std::max(due->timer.expiry() + due->interval, net::steady_timer::clock_type::now()));
    await(which);
  });
}

void io_unit::run() {
  current_unit = this;
  const auto stay = net::make_work_guard(*context_);
  context_->run();
  current_unit = nullptr;
}

void io_unit::stop() { context_->stop(); }

void io_unit::run_and_wait(const std::function<void()>& call) {
  assert(current_unit != this);
  std::promise<void> returned;
  post([&call, &returned] {
    call();
    returned.set_value();
  });
  returned.get_future().wait();
}

void io_unit::wind_up() {
  run_and_wait([this] {
    // What is cancelled here may hold the last handle of an actor, which must not outlive its system.
    repetitions_.clear();
    take_inbox();
    run_jobs(std::numeric_limits<std::size_t>::max());
    // Whoever spawns an actor refers to its system's logger from then on, and the system waits for that to end.
    caf::logger::set_current_actor_system(nullptr);
  });
}

io_units::io_units(std::size_t count) {
  assert(count > 0);
  for (std::size_t i = 0; i < count; ++i)
    units_.push_back(std::make_unique<io_unit>());
}

io_units::~io_units() { stop_and_join(); }

void io_units::start(caf::actor_system& system) {
  for (std::size_t i = 0; i < units_.size(); ++i) {
    auto& unit = *units_[i];
    unit.bind(system);
    threads_.emplace_back([&unit, i] {
      block_signals();
      pthread_setname_np(pthread_self(), ("io-" + std::to_string(i)).c_str());
      unit.run();
    });
  }
}

void io_units::wind_up() {
  for (auto& unit : units_)
    unit->wind_up();
}

void io_units::on_each(const std::function<void(io_unit&)>& call) {
  for (auto& unit : units_)
    unit->run_and_wait([&] { call(*unit); });
}

void io_units::stop_and_join() {
  for (auto& unit : units_)
    unit->stop();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

unit_system_config::unit_system_config(io_units& units) : units_(units) {
  load<unit_scheduler>();
  set("scheduler.max-threads", units.size());
  set("scheduler.max-throughput", resume_messages_max);
  set("logger.verbosity", caf::atom("quiet"));
}

} // namespace btpay
