#pragma once
/// The session of one `/ws/btpay/notify/` socket at level 1.

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/sessions.hpp"

#include <cstdint>
#include <memory>

namespace btpay {

/// Greets its client and hands on each notification once. Answers `ping`; there is nothing else to ask here.
class notify_session : public pinned<session_actor::base> {
public:
  notify_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket, user_id user,
                 std::shared_ptr<const session_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void on_frame(const frame_received& frame);

  std::shared_ptr<connection> socket_;
  std::shared_ptr<const session_services> services_;
  user_id user_;
  std::uint32_t errors_in_row_ = 0;
};

} // namespace btpay
