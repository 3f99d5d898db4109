#pragma once
/// The session of a `/ws/echo` socket: gives back each message as it came. For conformance tests of the transport,
/// which it exercises by the same door as the other sessions.

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"

#include <memory>

namespace btpay {

class echo_session : public pinned<session_actor::base> {
public:
  echo_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  std::shared_ptr<connection> socket_;
};

} // namespace btpay
