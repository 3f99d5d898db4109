#pragma once
/// What waits to be sent to one client, in order. A view that is queued and then changes is not sent twice: the newer
/// frame replaces the older one of its kind. What the client sees is what a fast client sees with stale views left out:
/// a newer view takes the place of the older one, unless a frame that is never replaced (an answer, a notification) was
/// queued in between; then it goes last, so that no view overtakes the answer that it belongs to. Deltas of a view wait
/// one behind the other, and a whole message of that view replaces them all.
///
/// Holds no memory while it is empty. A plain value, used on one thread.

#include "actors/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace btpay {

class outbox {
public:
  bool empty() const noexcept { return head_ == frames_.size(); }
  /// Of all frames that wait.
  std::size_t bytes() const noexcept { return bytes_; }

  /// Tells how many older frames were replaced. Looks through what waits, newest first, up to the bound in bytes.
  std::size_t push(shared_bytes text, conflation kind);
  /// Queues a delta: it replaces nothing.
  void push_delta(shared_bytes text, conflation view);
  /// Takes out what waits of a view, whole or delta, but for whole ones that answer. Gives how many there were.
  std::size_t drop(conflation view);
  /// A binary one, which nothing replaces.
  void push_binary(shared_bytes bytes);
  struct message {
    shared_bytes text;
    bool binary = false;
  };
  /// The oldest. Only when not empty.
  message pop();
  void clear() noexcept;

private:
  struct frame {
    shared_bytes text;
    conflation kind;
    bool binary = false;
  };

  std::size_t waiting_behind(conflation kind) const;

  std::vector<frame> frames_; ///< those before `head_` are sent
  std::size_t head_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace btpay
