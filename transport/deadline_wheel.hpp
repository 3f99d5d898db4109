#pragma once
/// The time-outs of all connections of one io thread under one timer. Asio's timer per connection costs 260 bytes and a
/// heap operation for each message; here a connection is in one slot of a ring and is looked at when its slot comes up.
/// One that was active meanwhile simply puts itself in again: activity itself costs nothing.
///
/// The wheel also is the list of all connections, for shutdown. Only used on its unit's thread.

#include "transport/limits.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstdint>

namespace btpay {

/// Turns of the wheel since its start. Wraps after 34 years.
using tick_count = std::uint32_t;

/// So many turns that `wait` is over for sure: the present one has begun already.
constexpr tick_count ticks(std::chrono::milliseconds wait) noexcept {
  return static_cast<tick_count>((wait + tick_time - std::chrono::milliseconds{1}) / tick_time) + 1;
}

using timed_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<class timed>,
                                                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// Something with deadlines: a connection. Leaves the wheel by itself when destroyed.
class timed : public timed_hook {
public:
  /// It was taken out of the wheel, because its time may have come. It puts itself in again, or has ended.
  virtual void on_deadline() = 0;
  /// The service stops: it finishes soon. It was taken out of the wheel, as above.
  virtual void on_shutdown() = 0;
  /// It ends at once.
  virtual void abort() = 0;

protected:
  ~timed() = default;
};

class deadline_wheel {
public:
  /// The present turn.
  tick_count now() const noexcept { return now_; }

  /// Has `who` looked at in `wait` turns, or after one round of the wheel if that comes first. Replaces its previous
  /// deadline.
  void put(timed& who, tick_count wait);

  /// One turn: looks at all whose time it is.
  void turn();

  /// Takes everybody out in turn, and hands it to `call`, which may put it in again.
  template <class Call>
  void for_each(Call call) {
    for (auto& slot : slots_) {
      list waiting;
      waiting.swap(slot);
      while (!waiting.empty()) {
        auto& who = waiting.front();
        waiting.pop_front();
        call(who);
      }
    }
  }

private:
  using list = boost::intrusive::list<timed, boost::intrusive::base_hook<timed_hook>,
                                      boost::intrusive::constant_time_size<false>>;

  std::array<list, wheel_slots> slots_;
  tick_count now_ = 0;
};

} // namespace btpay
