#pragma once
/// Makes the stored views anew while the service runs, where they are of older code or rules, of another log, or none.

#include "domain/time.hpp"
#include "storage/account_store.hpp"
#include "storage/event_log.hpp"
#include "storage/view_store.hpp"
#include "tools/common/policies.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace btpay {

/// For operators. Any thread.
struct rebuild_state {
  std::atomic<bool> running{false};          ///< or about to look whether it has to
  std::atomic<std::uint64_t> events_done{0}; ///< of the one that runs, or ran last
  std::atomic<std::uint64_t> events_total{0};
  std::atomic<std::uint64_t> generation{0}; ///< the last one that was made or found; 0: none
};

/// One thread of the lowest priority and bounded memory. What it was stopped in, it goes on with at the next start.
/// Where another process builds, that one is left to it.
class background_rebuild {
public:
  background_rebuild(std::shared_ptr<const event_log> log, std::shared_ptr<view_store> store,
                     std::shared_ptr<const account_store> accounts, std::shared_ptr<const clock> time);
  /// `stop`, and waits for it.
  ~background_rebuild();

  /// Looks whether the stored views are by these rules, and rebuilds them if not. One that runs for other rules is
  /// given up. Any thread.
  void look(policies rules);

  /// Returns at once; what runs ends within a moment. Any thread.
  void stop();

  const rebuild_state& state() const noexcept { return state_; }

private:
  void run();
  void rebuild(const policies& rules);
  bool is_needed(const policies& rules);

  std::shared_ptr<const event_log> log_;
  std::shared_ptr<view_store> store_;
  std::shared_ptr<const account_store> accounts_;
  std::shared_ptr<const clock> time_;
  rebuild_state state_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<policies> wanted_;       ///< guarded by `mutex_`
  bool stopped_ = false;                 ///< guarded by `mutex_`
  std::atomic<bool> interrupted_{false}; ///< what runs is to end
  std::thread thread_;                   ///< the last member: it uses the others
};

} // namespace btpay
