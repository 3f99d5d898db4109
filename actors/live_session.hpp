#pragma once
/// The session of one `/ws/btpay/live/` socket.

#include "actors/client_command.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/sessions.hpp"
#include "actors/view_gate.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// Greets its client with the four views, hands on what changes, and answers commands in the order they came. Idle, it
/// is little more than its handles: what greeting or categorising needs lives only while that lasts. `subscribe` makes
/// it speak level 2: `live_subscription.cpp`. Questions about the past are answered beside all that:
/// `live_questions.cpp`.
class live_session : public pinned<session_actor::base> {
public:
  live_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket,
               const session_grant& grant, std::shared_ptr<const session_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  /// An answer that is not given yet; commands wait for it, so that answers keep the order of their questions.
  struct assembly {
    enum class stage : std::uint8_t { greeting, asking, deciding, collecting, subscribing } at;
    view_gate gate;
    std::vector<view_frame> held;       ///< at level 2: what came before the answer that contains it
    std::deque<client_request> waiting; ///< commands that came meanwhile
  };

  /// `subscribe`, until everything that was asked for is there.
  struct opening {
    std::string ref;
    std::array<view_frame, view_kinds> first;
    std::size_t awaited = 0; ///< views and inbox that have not come
    position at{};           ///< the greatest of what has come
    std::vector<view_frame> later;
    std::vector<notification_frame> notifications;
    bool recovered = false;
  };

  /// What the client of a view has. `late` and `dropped`: not what went by since, so the next message has to be whole;
  /// it is asked for when the interval is over, and when there is room again.
  enum class standing : std::uint8_t { current, late, dropped };

  /// What the client of level 2 wants.
  struct subscription {
    std::uint32_t number; ///< frames of an earlier one are told by theirs
    view_form form;
    std::chrono::milliseconds interval{}; ///< in each a view is told at most once
    std::array<bool, view_kinds> wanted{};
    std::array<standing, view_kinds> has{};
    std::array<bool, view_kinds> sent{}; ///< since the interval began
    bool interval_runs = false;
    bool notifications = false;
    std::unique_ptr<btpay::live_session::opening> opening;
  };

  /// Questions to the historian, which other commands do not wait for. There while one is worked on.
  struct questions {
    struct waiting_question {
      past_question asked;
      std::string ref;
    };
    std::deque<waiting_question> waiting;
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
  void obey(past_question& asked, const std::string& ref);
  void obey(const auto_categorize& asked, const std::string& ref);
  void obey(user_decision& asked, const std::string& ref);
  void obey(subscribe& asked, const std::string& ref);
  void on_categorized(const commanded& reply, std::string_view ref);
  void on_decided(std::string_view name, const commanded& reply, std::string_view ref);
  void collect(view_kind view);
  void finish_assembly_if_complete();
  void finish_assembly();
  void send_view(const view_frame& frame, bool replaces);
  void fail();
  void answer(const shared_bytes& json);
  view_form whole_form() const;

  // live_questions.cpp: the past
  void ask_historian(past_question asked, std::string ref);
  void on_told(const past_question& asked, const std::string& ref, const past_answer& reply);

  // live_subscription.cpp: level 2
  void stop_watching();
  bool is_recovered(const std::optional<resume_point>& from) const;
  void watch_view(view_kind view, const subscribe& asked);
  void on_positioned(const view_frame& frame);
  void on_inbox(const inbox_frames& frames);
  void on_notification(const notification_frame& frame);
  void begin_stream_if_complete();
  void send_positioned(const view_frame& frame);
  void begin_interval(view_kind view);
  void end_interval();
  void send_whole(standing of);
  std::uint32_t subscription_number() const noexcept { return subscription_ ? subscription_->number : 0; }

  std::shared_ptr<connection> socket_;
  std::shared_ptr<const session_services> services_;
  user_id user_;
  std::uint32_t errors_in_row_ = 0;
  const bool silent_; ///< is not greeted
  const bool packed_; ///< speaks MessagePack
  std::unique_ptr<assembly> assembly_;
  std::unique_ptr<questions> questions_;
  std::unique_ptr<subscription> subscription_; ///< null at level 1
};

} // namespace btpay
