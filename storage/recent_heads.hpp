#pragma once
/// The heads of the users that were written to since the checkpoint: what the log's `heads` database does not know yet.
/// The writer changes it, any thread reads it; a reader sees what is durable, the writer also what it has staged.

#include "domain/ids.hpp"
#include "storage/log_environment.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace btpay {

class recent_heads {
public:
  // -- any thread --

  /// The last durable event of the log.
  position log_head() const noexcept { return log_head_.load(std::memory_order_acquire); }

  struct view {
    position log_head{};
    std::optional<position> user_head; ///< none: the `heads` database knows it, or an older one
  };
  /// Both of one moment.
  view look_up(user_id user) const {
    const std::shared_lock guard{mutex_};
    const auto known = heads_.find(user);
    return {.log_head = log_head(),
            .user_head = known == heads_.end() ? std::nullopt : std::optional{known->second.durable}};
  }

  // -- the writer --

  struct head {
    position durable{};
    position staged{};
  };
  /// Stays where it is until `forget`. Null where it is not known yet.
  head* find(user_id user) {
    const auto known = heads_.find(user);
    return known == heads_.end() ? nullptr : &known->second;
  }
  head& add(user_id user, position durable) {
    const std::unique_lock guard{mutex_};
    return heads_[user] = {.durable = durable, .staged = durable};
  }
  void stage(head& of_user, position at) {
    if (of_user.staged == of_user.durable)
      touched_.push_back(&of_user);
    of_user.staged = at;
  }
  /// After the commit: what was staged is durable now.
  void publish(position log_head) {
    const std::unique_lock guard{mutex_};
    for (head* h : touched_)
      h->durable = h->staged;
    touched_.clear();
    log_head_.store(log_head, std::memory_order_release);
  }
  /// After a failure: what was staged never was.
  void discard() noexcept {
    for (head* h : touched_)
      h->staged = h->durable;
    touched_.clear();
  }
  /// All of them as staged, for a checkpoint; without the users whose first append was refused.
  std::vector<user_head> staged() const {
    std::vector<user_head> all;
    all.reserve(heads_.size());
    for (const auto& [user, h] : heads_)
      if (h.staged != log_start)
        all.push_back({.user = user, .at = h.staged});
    return all;
  }
  /// After the checkpoint is durable.
  void forget() {
    const std::unique_lock guard{mutex_};
    heads_.clear();
  }

private:
  mutable std::shared_mutex mutex_; ///< guards the map's shape and the durable heads; the writer reads without it
  std::unordered_map<user_id, head> heads_;
  std::vector<head*> touched_;
  std::atomic<position> log_head_{log_start};
};

} // namespace btpay
