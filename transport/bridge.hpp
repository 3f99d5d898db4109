#pragma once
/// Where CAF and Asio meet: each io thread is an execution unit of CAF, and together they are its scheduler. An actor
/// that talks to a socket runs on the socket's thread, so that a message between the two costs no lock and no hop.
///
/// Owner: the assembly makes `io_units` first and destroys them last; in between lives the `caf::actor_system` that was
/// configured with a `unit_system_config`. The threads run from the system's start until `stop_and_join`, since the
/// system needs them to the end of its destructor.

#include <boost/intrusive/list.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace btpay {

using round_task_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<class round_task>,
                                                         boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// Something to do once when the actors that were ready have run, such as one write for all that they sent. Leaves the
/// list by itself when destroyed. Only used on its unit's thread.
class round_task : public round_task_hook {
public:
  virtual void at_round_end() = 0;

protected:
  ~round_task() = default;
};

/// Names one repeated call of one unit.
enum class timer_id : std::uint64_t {};

/// One io thread: sockets, and the actors that are where the sockets are. `exec_later`, `post`, `every`, `cancel` and
/// `tell` may be called on any thread, the rest on the unit's own.
class io_unit final : public caf::execution_unit {
public:
  io_unit();
  ~io_unit() override;
  io_unit(const io_unit&) = delete;
  io_unit& operator=(const io_unit&) = delete;

  /// The unit whose thread this is, or null.
  static io_unit* current() noexcept;

  boost::asio::io_context& context() noexcept { return *context_; }

  /// Makes `job` run on this thread, after those that are ready already.
  void exec_later(caf::resumable* job) override;

  /// Puts a message into an actor's mailbox. It is handled at the end of the open round, else soon.
  template <class Handle, class Message>
  void tell(const Handle& to, Message&& what) {
    auto element = caf::make_mailbox_element(nullptr, caf::make_message_id(), caf::mailbox_element::forwarding_stack{},
                                             std::forward<Message>(what));
    caf::actor_cast<caf::actor_control_block*>(to)->enqueue(std::move(element), this);
  }

  /// Calls `call` on this thread, later.
  void post(std::function<void()> call);
  /// Calls `call` on this thread and returns when it has returned. From another thread.
  void run_and_wait(const std::function<void()>& call);

  /// Calls `call` on this thread each `interval`, until cancelled or the actor system stops. Calls that come due while
  /// another one still runs are left out.
  timer_id every(std::chrono::milliseconds interval, std::function<void()> call);
  /// On the unit's own thread it is never called again; from another thread, one call may be running.
  void cancel(timer_id which);

  /// While one is open, jobs gather; when the outermost closes, they run, and then the round's tasks. A handler of a
  /// socket opens one, so that what its actors answer is ready before the handler goes on: no post, no hop.
  class round {
  public:
    explicit round(io_unit& unit) noexcept : unit_(unit), outermost_(!unit.in_round_) { unit_.in_round_ = true; }
    ~round() {
      if (outermost_)
        unit_.close_round();
    }
    round(const round&) = delete;
    round& operator=(const round&) = delete;

  private:
    io_unit& unit_;
    bool outermost_;
  };

  /// Has `task` called when the open round closes, else soon. Again before that: no effect.
  void at_round_end(round_task& task);

private:
  friend class io_units;
  struct repetition;

  void bind(caf::actor_system& system) noexcept { system_ = &system; }
  void run();
  void stop();
  /// Ends every repetition and runs jobs until none is left. From another thread, which waits.
  void wind_up();

  void close_round();
  void run_jobs(std::size_t resumes_max);
  void take_inbox();
  void open_round_soon();
  void start(timer_id which, std::chrono::milliseconds interval, std::function<void()> call);
  void await(timer_id which);

  std::unique_ptr<boost::asio::io_context> context_;
  std::deque<caf::resumable*> ready_; ///< each holds a reference
  boost::intrusive::list<round_task, boost::intrusive::base_hook<round_task_hook>,
                         boost::intrusive::constant_time_size<false>>
      round_tasks_;
  std::unordered_map<timer_id, std::shared_ptr<repetition>> repetitions_;
  bool in_round_ = false;
  bool round_posted_ = false;
  std::atomic<std::uint64_t> next_timer_{1};

  std::mutex inbox_mutex_;
  std::vector<caf::resumable*> inbox_; ///< from other threads; guarded by the mutex
  std::vector<caf::resumable*> taken_; ///< the inbox's other half, so that neither allocates for ever
};

/// All io threads of the process. Signals are blocked on them, so that they reach the main thread.
class io_units {
public:
  explicit io_units(std::size_t count);
  /// `stop_and_join`.
  ~io_units();
  io_units(const io_units&) = delete;
  io_units& operator=(const io_units&) = delete;

  std::size_t size() const noexcept { return units_.size(); }
  io_unit& operator[](std::size_t index) noexcept { return *units_[index]; }

  /// The units in turn, for work that has no home. Any thread.
  io_unit& next() noexcept { return *units_[turn_.fetch_add(1, std::memory_order_relaxed) % units_.size()]; }

  /// Starts the threads. The scheduler does it when the actor system starts.
  void start(caf::actor_system& system);
  /// Ends repetitions and waits until no job is left. The scheduler does it when the actor system stops.
  void wind_up();
  /// Calls `call` on each unit's thread in turn, waiting for it. Not on a unit's thread.
  void on_each(const std::function<void(io_unit&)>& call);
  /// Ends the threads. Only after the actor system is gone. Again: no effect.
  void stop_and_join();

private:
  std::vector<std::unique_ptr<io_unit>> units_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> turn_{0};
};

/// A configuration whose actor system runs on `units` and on nothing else (but actors spawned `detached`).
class unit_system_config : public caf::actor_system_config {
public:
  explicit unit_system_config(io_units& units);
  io_units& units() const noexcept { return units_; }

private:
  io_units& units_;
};

/// Calls `call` when the actor ends, on the thread that it ends on.
template <class Handle, class Call>
void when_gone(const Handle& who, Call call) {
  caf::actor_cast<caf::abstract_actor*>(who)->attach_functor([call = std::move(call)] { call(); });
}

} // namespace btpay
