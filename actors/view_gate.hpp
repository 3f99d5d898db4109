#pragma once
/// Puts views into the order that the protocol promises, in whatever order they come.

#include "actors/interfaces.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace btpay {

/// Holds a session's views back until all that are awaited are there, then lets them out: first those that were
/// awaited, in the order of `view_kind`, then what else came.
/// A newer frame of a view replaces an older one, so a held view costs one frame. Lives while a client is greeted or
/// an answer of several messages is put together.
class view_gate {
public:
  /// Waits for this view.
  void await(view_kind view) { slot_of(view).awaited = slot_of(view).wanted = true; }

  /// Takes a frame that arrives by itself. One that is awaited counts as come where `answers`.
  void take(const view_frame& frame, bool answers) {
    auto& slot = slot_of(frame.view);
    if (!slot.frame.message || frame.at >= slot.frame.at)
      slot.frame = frame;
    if (answers)
      slot.awaited = false;
  }

  /// True when nothing is awaited any more.
  bool complete() const {
    for (const auto& slot : slots_)
      if (slot.awaited)
        return false;
    return true;
  }

  /// What was taken, in order.
  std::vector<view_frame> release() const {
    std::vector<view_frame> frames;
    for (const auto wanted : {true, false})
      for (const auto& slot : slots_)
        if (slot.wanted == wanted && slot.frame.message)
          frames.push_back(slot.frame);
    return frames;
  }

private:
  struct held {
    view_frame frame;
    bool wanted = false;  ///< was awaited at some time
    bool awaited = false; ///< has not come yet
  };
  held& slot_of(view_kind view) { return slots_[static_cast<std::size_t>(view)]; }
  std::array<held, view_kinds> slots_;
};

} // namespace btpay
