#pragma once
/// The session of one `/ws/btpay/live/` socket at level 1.

#include "actors/client_command.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/sessions.hpp"
#include "actors/view_gate.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace btpay {

/// Greets its client with the four views, hands on what changes, and answers commands in the order they came. Idle, it
/// is little more than its handles: what greeting or categorising needs lives only while that lasts.
class live_session : public pinned<session_actor::base> {
public:
  live_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket, user_id user,
               std::shared_ptr<const session_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  /// An answer that is not given yet; commands wait for it, so that answers keep the order of their questions.
  struct assembly {
    enum class stage : std::uint8_t { greeting, asking, deciding, collecting } at;
    view_gate gate;
    std::deque<client_request> waiting; ///< commands that came meanwhile
  };

  void greet();
  void begin(assembly::stage at);
  void on_frame(const frame_received& frame);
  void on_view(const view_frame& frame);
  void refuse_client(const refusal& why, std::string_view ref);
  void obey(client_request& sent);
  void obey(const ping& asked, const std::string& ref);
  void obey(const request_view& asked, const std::string& ref);
  void obey(const request_review& asked, const std::string& ref);
  void obey(const auto_categorize& asked, const std::string& ref);
  void obey(user_decision& asked, const std::string& ref);
  void on_categorized(const commanded& reply, std::string_view ref);
  void on_decided(std::string_view name, const commanded& reply, std::string_view ref);
  void collect(view_kind view);
  void finish_assembly_if_complete();
  void finish_assembly();
  void send_view(const view_frame& frame, bool replaces, std::string_view ref = {});
  void fail();

  std::shared_ptr<connection> socket_;
  std::shared_ptr<const session_services> services_;
  user_id user_;
  std::uint32_t errors_in_row_ = 0;
  std::unique_ptr<assembly> assembly_;
};

} // namespace btpay
