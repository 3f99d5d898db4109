#include "actors/live_session.hpp"
#include "actors/messages.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t index_of(view_kind view) noexcept { return static_cast<std::size_t>(view); }

} // namespace

void live_session::stop_watching() {
  const unwatch gone{user_, session_actor{this}};
  if (!silent_ || subscription_)
    for (const auto view : all_views)
      anon_send(services_->actors->projector(view, user_), gone);
  if (subscription_ && subscription_->notifications)
    anon_send(services_->actors->notifier(user_), gone);
}

/// Whether this log has everything that the client has, so that what is missing can be told.
bool live_session::is_recovered(const std::optional<resume_point>& from) const {
  if (!from || from->epoch != services_->epoch)
    return false;
  auto greatest = std::max(from->at, from->known);
  for (const auto& base : from->views)
    if (base)
      greatest = std::max(greatest, base->at);
  return greatest <= services_->log->head();
}

void live_session::obey(subscribe& asked, const std::string& ref) {
  stop_watching();
  begin(assembly::stage::subscribing);
  auto opened = std::make_unique<opening>();
  opened->ref = ref;
  opened->recovered = is_recovered(asked.resume);
  if (!opened->recovered)
    asked.resume.reset();
  const view_form form{.positioned = true, .deltas = asked.deltas, .packed = packed_};
  subscription_ = std::make_unique<subscription>(subscription{.number = subscription_number() + 1,
                                                              .form = form,
                                                              .interval = asked.interval,
                                                              .wanted = asked.views,
                                                              .has = {},
                                                              .sent = {},
                                                              .interval_runs = false,
                                                              .notifications = asked.notifications,
                                                              .opening = std::move(opened)});
  for (const auto view : all_views)
    if (asked.views[index_of(view)])
      watch_view(view, asked);
  if (asked.notifications) {
    watch wanted{user_, session_actor{this}, form, subscription_->number, std::nullopt};
    if (asked.resume)
      wanted.since = view_base{asked.resume->at, {}};
    ++subscription_->opening->awaited;
    send(services_->actors->notifier(user_), std::move(wanted));
  }
  begin_stream_if_complete();
}

void live_session::watch_view(view_kind view, const subscribe& asked) {
  watch wanted{user_, session_actor{this}, subscription_->form, subscription_->number, std::nullopt};
  if (asked.resume)
    wanted.since = asked.resume->views[index_of(view)];
  ++subscription_->opening->awaited;
  send(services_->actors->projector(view, user_), std::move(wanted));
}

void live_session::on_positioned(const view_frame& frame) {
  const auto& opened = subscription_->opening;
  if (opened && frame.is_first) {
    opened->first[index_of(frame.view)] = frame;
    opened->at = std::max(opened->at, frame.at);
    --opened->awaited;
    return begin_stream_if_complete();
  }
  if (opened)
    opened->later.push_back(frame);
  else if (assembly_ && assembly_->at == assembly::stage::deciding)
    assembly_->held.push_back(frame);
  else
    send_positioned(frame);
}

void live_session::on_inbox(const inbox_frames& frames) {
  if (frames.subscription != subscription_number() || !subscription_ || !subscription_->opening)
    return;
  if (!frames.unread)
    return fail();
  auto& opened = *subscription_->opening;
  for (const auto& message : *frames.unread)
    opened.notifications.push_back({frames.at, message, frames.subscription});
  opened.at = std::max(opened.at, frames.at);
  --opened.awaited;
  begin_stream_if_complete();
}

void live_session::on_notification(const notification_frame& frame) {
  if (!subscription_ || frame.subscription != subscription_->number)
    return;
  if (subscription_->opening)
    subscription_->opening->notifications.push_back(frame);
  else
    socket_->send(frame.message, conflation::none);
}

/// Everything is there: `subscribed`, the views, the notifications, and what came meanwhile.
void live_session::begin_stream_if_complete() {
  if (subscription_->opening->awaited > 0)
    return;
  const auto opened = std::move(subscription_->opening);
  subscribed_answer told{{services_->epoch, opened->at}, opened->recovered, {}};
  for (const auto view : all_views)
    if (subscription_->wanted[index_of(view)])
      told.views.push_back(to_string(view));
  if (subscription_->notifications)
    told.views.emplace_back("notifications");
  answer(subscribed_message(told, opened->ref, services_->time->now()));
  for (const auto& frame : opened->first)
    if (frame.message)
      socket_->send(frame.message, conflation::none);
  for (const auto& each : opened->notifications)
    socket_->send(each.message, conflation::none);
  for (const auto& frame : opened->later)
    send_positioned(frame);
  finish_assembly();
}

/// Deltas apply each to the one before: where one is left out, those behind it are worth nothing, up to a whole view.
void live_session::send_positioned(const view_frame& frame) {
  auto& has = subscription_->has[index_of(frame.view)];
  if (frame.is_delta && has != standing::current)
    return;
  if (subscription_->sent[index_of(frame.view)]) {
    has = standing::late;
    return;
  }
  if (!frame.is_delta) {
    has = standing::current;
    socket_->send(frame.message, conflation_of(frame.view));
  } else if (!socket_->send_delta(frame.message, conflation_of(frame.view))) {
    has = standing::dropped;
    return;
  }
  begin_interval(frame.view);
}

/// The first change is sent at once, and what follows together, when the interval is over.
void live_session::begin_interval(view_kind view) {
  if (subscription_->interval == std::chrono::milliseconds::zero())
    return;
  subscription_->sent[index_of(view)] = true;
  if (!std::exchange(subscription_->interval_runs, true))
    delayed_send(this, subscription_->interval, tick{});
}

/// That of an earlier subscription may end this one's, which is then a little short.
void live_session::end_interval() {
  if (!subscription_)
    return;
  subscription_->interval_runs = false;
  subscription_->sent.fill(false);
  send_whole(standing::late);
}

/// Sends as whole views what the client did not get. A notification is never left out.
void live_session::send_whole(standing of) {
  if (!subscription_)
    return;
  for (const auto view : all_views) {
    if (subscription_->has[index_of(view)] != of)
      continue;
    request(services_->actors->projector(view, user_), caf::infinite, view_query{user_, false, whole_form()})
        .then(
            [this, number = subscription_->number](view_frame& frame) {
              frame.subscription = number;
              on_view(frame);
            },
            [this](const caf::error&) { fail(); });
  }
}

} // namespace btpay
