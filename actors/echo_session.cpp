#include "actors/echo_session.hpp"

#include <caf/all.hpp>

namespace btpay {

echo_session::echo_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket)
    : pinned(config, unit), socket_(std::move(socket)) {}

echo_session::behavior_type echo_session::make_behavior() {
  return {
      [this](const frame_received& frame) {
        auto same = std::make_shared<const std::string>(frame.text);
        frame.binary ? socket_->send_binary(std::move(same)) : socket_->send(std::move(same), conflation::none);
      },
      [this](const peer_closed&) { quit(); },
      // Nobody is watched here.
      [](const view_frame&) {},
      [](const periodic_frames&) {},
      [](const notification_frame&) {},
      [](const inbox_frames&) {},
      [](const outbox_drained&) {},
      [](const tick&) {},
  };
}

// The connection refers to this session: kept, the two would keep each other.
void echo_session::on_exit() { socket_.reset(); }

} // namespace btpay
