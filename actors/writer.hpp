#pragma once
/// The event log actor: the only one who appends.

#include "actors/interfaces.hpp"
#include "domain/time.hpp"
#include "storage/event_log.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace btpay {

struct writer_limits {
  std::size_t batch_events_max = 16384; ///< a commit is not delayed beyond this many events
};

/// Spawned detached by the assembly, since a commit waits for the disk. Gathers by a message to itself: everything
/// that queued before it joins the batch, so a batch is as large as the disk is slow and nobody ever sleeps.
/// Listeners are told before those who asked, so whoever has an answer finds every view up to date.
class writer : public writer_actor::base {
public:
  using super = writer_actor::base;

  writer(caf::actor_config& config, std::shared_ptr<event_log> log, std::shared_ptr<const btpay::clock> time,
         writer_limits limits);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using promise = caf::typed_response_promise<appended>;

  void gather(append& what, promise answer);
  void commit();
  void publish(const std::vector<result<appended_range>>& where, instant recorded_at);

  std::shared_ptr<event_log> log_;
  std::shared_ptr<const btpay::clock> clock_;
  writer_limits limits_;
  std::vector<listener_actor> listeners_;
  std::vector<new_events> batch_;
  std::vector<promise> answers_; ///< one per element of `batch_`
  std::size_t batch_events_ = 0;
  bool commit_queued_ = false;
};

} // namespace btpay
