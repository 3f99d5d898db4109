#pragma once
/// Events of many users, given back one user after the other. In the order of the log each event is another user's, and
/// finds nothing of its folds in the processor's caches.

#include "storage/record_codec.hpp"
#include "tools/common/view_folds.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace btpay {

/// Keeps events as records, some 250 bytes each. One thread.
class events_by_user {
public:
  /// In the order of the log.
  void add(const recorded_event& e);

  /// Whose there are, by their numbers.
  std::vector<user_id> users() const;

  /// Visits the events of a user, oldest first, and forgets them.
  result<void> take(user_id user, const std::function<void(const recorded_event&)>& visit);

  std::uint64_t size() const noexcept { return size_; }

private:
  using blocks = std::vector<std::string>;          ///< of records behind their lengths; a block never grows
  std::unordered_map<std::uint64_t, blocks> users_; ///< by number
  std::uint64_t size_ = 0;
  record_encoder encoder_;
  record_decoder decoder_;
  recorded_event event_;
};

/// Tells `watch` of work that is a share of `quota` events, however many there are: all of it when the work is done.
class quota_watch {
public:
  quota_watch(const work_watch& watch, std::uint64_t quota, std::uint64_t events) noexcept
      : watch_{watch}, quota_(quota), events_(events) {}

  /// So many more of the events are done. False to stop.
  bool add(std::uint64_t events);
  bool finish();

private:
  bool tell(std::uint64_t share);

  const work_watch& watch_;
  std::uint64_t quota_;
  std::uint64_t events_;
  std::uint64_t done_ = 0;
  std::uint64_t told_ = 0;
};

} // namespace btpay
