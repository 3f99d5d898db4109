#include "actors/notify_session.hpp"

#include "actors/client_command.hpp"
#include "actors/messages.hpp"

#include <caf/all.hpp>

namespace btpay {

notify_session::notify_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket,
                               user_id user, std::shared_ptr<const session_services> services)
    : pinned(config, unit), socket_(std::move(socket)), services_(std::move(services)), user_(user) {}

notify_session::behavior_type notify_session::make_behavior() {
  send(services_->actors->notifier(user_), watch{user_, session_actor{this}});
  socket_->send(notifications_greeting(services_->time->now()), conflation::none);
  return {
      [this](const frame_received& frame) { on_frame(frame); },
      [this](const peer_closed&) { quit(); },
      [](const view_frame&) {},      // Nothing is watched here but notifications.
      [](const periodic_frames&) {}, // The same.
      [this](const notification_frame& frame) { socket_->send(frame.message, conflation::none); },
      [](const inbox_frames&) {},   // Level 2 alone has these.
      [](const outbox_drained&) {}, // The same.
      [](const tick&) {},           // Has no intervals.
  };
}

void notify_session::on_exit() {
  anon_send(services_->actors->notifier(user_), unwatch{user_, session_actor{this}});
  // The connection refers to this session: kept, the two would keep each other.
  socket_.reset();
}

void notify_session::on_frame(const frame_received& frame) {
  const auto now = services_->time->now();
  const auto sent = read_client_request(frame.text);
  if (!frame.binary && sent.asked && std::holds_alternative<ping>(*sent.asked)) {
    errors_in_row_ = 0;
    return socket_->send(pong_message(sent.ref, now), conflation::none);
  }
  const refusal why = sent.asked ? refusal{errc::unknown_command, "this socket takes only ping: use /ws/btpay/live/"}
                                 : sent.asked.error();
  socket_->send(error_message(why, sent.ref, now), conflation::none);
  if (++errors_in_row_ >= services_->limits.errors_in_row_max)
    socket_->close(close_code::policy_violation, "nothing but errors");
}

} // namespace btpay
