#pragma once
/// Who is here: how many connections there are in all, from each address, of each user. What admission is decided by.
/// Any thread.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace btpay {

/// How many connections there are, on all threads, and a way to wait until there are none.
class census {
public:
  void add() noexcept { present_.fetch_add(1, std::memory_order_relaxed); }
  void remove() {
    if (present_.fetch_sub(1, std::memory_order_acq_rel) > 1)
      return;
    const std::lock_guard lock(mutex_);
    none_left_.notify_all();
  }
  std::size_t present() const noexcept { return present_.load(std::memory_order_acquire); }

  /// Tells whether they were all gone in time.
  bool wait_until_empty(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return none_left_.wait_for(lock, time, [this] { return present() == 0; });
  }

private:
  std::atomic<std::size_t> present_{0};
  std::mutex mutex_;
  std::condition_variable none_left_;
};

/// How many connections each key has. Knows only keys that have some.
template <class Key>
class census_by {
  using table = std::unordered_map<Key, std::size_t>;

public:
  /// One connection's place; leaving it is its destruction. Must not outlive the census.
  class place {
  public:
    place() = default;
    place(census_by& home, typename table::value_type& entry) : home_(&home), entry_(&entry) {}
    place(place&& other) noexcept : home_(std::exchange(other.home_, nullptr)), entry_(other.entry_) {}
    place& operator=(place&& other) noexcept {
      leave();
      home_ = std::exchange(other.home_, nullptr);
      entry_ = other.entry_;
      return *this;
    }
    ~place() { leave(); }

    void leave() {
      if (auto* home = std::exchange(home_, nullptr))
        home->leave(*entry_);
    }
    /// The key; the default one where this is no place.
    Key key() const { return home_ ? entry_->first : Key{}; }

  private:
    census_by* home_ = nullptr;
    typename table::value_type* entry_ = nullptr; ///< stays where it is while it counts somebody
  };

  struct entered {
    place where;
    std::size_t present; ///< of that key, this one included
  };
  entered enter(const Key& key) {
    const std::lock_guard lock(mutex_);
    auto& entry = *counts_.try_emplace(key, 0).first;
    const auto present = ++entry.second;
    return {place(*this, entry), present};
  }

  /// How many keys are known.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return counts_.size();
  }

private:
  void leave(typename table::value_type& entry) {
    const std::lock_guard lock(mutex_);
    if (--entry.second == 0)
      counts_.erase(entry.first);
  }

  mutable std::mutex mutex_;
  table counts_;
};

using address_census = census_by<std::string>;
using user_census = census_by<std::uint64_t>;

/// All of them.
struct crowd {
  census people;
  address_census addresses;             ///< connections; an IPv6 network of 64 bits counts as one address
  user_census users;                    ///< WebSockets
  std::atomic<std::size_t> arriving{0}; ///< connections that have not sent a whole request yet
  std::atomic<std::size_t> refused{0};  ///< connections that are being told that they cannot be served
};

} // namespace btpay
