#pragma once
/// Tells those who watch a view what became of it: each change as one message, shared by all who want that form.

#include "actors/interfaces.hpp"
#include "actors/messages.hpp"
#include "actors/pinned.hpp"
#include "actors/projected_view.hpp"
#include "actors/projection_meters.hpp"
#include "actors/view_messages.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace btpay {

/// Every so many deltas of a view one has a hash.
inline constexpr std::uint32_t deltas_per_hash = 8;

struct view_watcher {
  session_actor who;
  view_form form;
  std::uint32_t subscription;
};

/// A view with those who watch it.
template <projection View>
struct watched_view : projected_view<View> {
  using projected_view<View>::projected_view;

  std::vector<view_watcher> watchers;
  bool changed = true;      ///< since the last periodic message
  bool moved = false;       ///< time alone made the last change
  std::uint32_t deltas = 0; ///< told so far
};

/// What a projector that publishes is, for CAF.
using publishing_actor = pinned<projector_actor::base>;

/// Part of the projector that it sends as, on its thread. Sends what is shown as it is: to move the windows, or to wake
/// what sleeps, is the projector's affair. `now` is when the message at hand was taken up.
template <projection View>
class view_publisher {
public:
  using view_state = watched_view<View>;

  /// All of them outlive it.
  view_publisher(publishing_actor& self, const std::string& epoch, bool repeat_unchanged_dashboard,
                 projector_meters& meters)
      : self_(self), epoch_(epoch), repeat_unchanged_dashboard_(repeat_unchanged_dashboard), meters_(meters) {}

  /// What is shown, as one message for somebody who asked.
  view_frame answer(const view_state& of, view_form form, instant now) const {
    meters_.wholes.add(1);
    form.deltas = false;
    return messages_of(of, now).in(form);
  }

  /// The same without a message around it.
  view_frame answer_data(const view_state& of) const {
    meters_.wholes.add(1);
    return {View::kind, of.at, of.shown.data};
  }

  /// Tells the watcher what is shown, as a change where that is known, and from now on the changes.
  void add(view_state& of, const view_watcher& added, const std::optional<view_change>& since, instant now) const {
    auto messages = messages_of(of, now);
    if (since)
      messages.tell_change(since->before, since->previous, true);
    auto frame = messages.in(added.form);
    frame.is_first = true;
    send_frame(added, std::move(frame));
    of.watchers.push_back(added);
  }

  /// Tells who wanted to watch that the view cannot be had.
  void refuse(const view_watcher& whom) const { send_frame(whom, view_frame{View::kind, {}, nullptr, false, true}); }

  void remove(view_state& of, const session_actor& who) const {
    auto& watchers = of.watchers;
    if (auto at = std::ranges::find(watchers, who, &view_watcher::who); at != watchers.end()) {
      std::swap(*at, watchers.back());
      watchers.pop_back();
    }
    if (watchers.empty())
      watchers.shrink_to_fit();
  }

  /// Level 2 hears of every change of the bytes, whatever was its cause: so each delta applies to the one before.
  void tell_change(view_state& of, const view_change& what, instant now) const {
    const bool anybody =
        std::ranges::any_of(of.watchers, [](const view_watcher& each) { return each.form.positioned; });
    // A lost delta is seen by the next one's `prev`, unless time alone made it: then by the next one's hash.
    const bool with_hash = ++of.deltas % deltas_per_hash == 0 || of.moved;
    of.moved = what.previous == of.told;
    if (!anybody)
      return;
    auto messages = messages_of(of, now);
    messages.tell_change(what.before, what.previous, with_hash);
    for (const auto& each : of.watchers)
      if (each.form.positioned)
        send_frame(each, messages.in(each.form));
  }

  /// Level 1 hears of the changes that come by events and by the end of a window.
  void push(const view_state& of, instant now) const {
    auto messages = messages_of(of, now);
    for (const auto& each : of.watchers)
      if (!each.form.positioned)
        send_frame(each, messages.in(each.form));
  }

  /// Level 1 gets the dashboard and what waits for review every five seconds.
  void send_periodic(view_state& of, instant now) const requires(View::kind == view_kind::dashboard) {
    const bool with_dashboard = of.changed || repeat_unchanged_dashboard_;
    of.changed = false;
    auto messages = messages_of(of, now);
    std::array<periodic_frames, 2> frames; // as JSON and packed
    for (const auto& each : of.watchers) {
      if (each.form.positioned)
        continue;
      auto& form = frames[each.form.packed ? 1 : 0];
      if (!form.periodic) {
        form.periodic = periodic_message(of.view.pending_count(), now);
        if (each.form.packed)
          form.periodic = packed(*form.periodic);
        if (with_dashboard)
          form.dashboard = messages.in(each.form).message;
      }
      meters_.wholes.add(form.dashboard ? 1 : 0);
      self_.send(each.who, form);
    }
  }

private:
  view_messages messages_of(const view_state& of, instant now) const {
    return {View::kind, epoch_, of.shown, of.told, now};
  }

  void send_frame(const view_watcher& to, view_frame frame) const {
    if (frame.message)
      (frame.is_delta ? meters_.deltas : meters_.wholes).add(1);
    frame.subscription = to.subscription;
    self_.send(to.who, std::move(frame));
  }

  publishing_actor& self_;
  const std::string& epoch_; ///< of the log, as `wire_epoch` gives it
  bool repeat_unchanged_dashboard_;
  projector_meters& meters_;
};

} // namespace btpay
