#pragma once
/// One active user: the only one who decides for it.

#include "actors/interfaces.hpp"
#include "domain/decide.hpp"
#include "storage/event_log.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace btpay {

struct user_limits {
  std::size_t waiting_rows_max = 100'000; ///< commands over this many waiting rows are refused as `overloaded`
  std::size_t round_rows_max = 8192;      ///< imports are decided together up to this many rows
  int attempts_max = 3;                   ///< how often a decision is made again because the stream had moved on
};

/// Woken by USERS with the user's profile; folds the user's stream from the log when the first command comes. Commands
/// that arrive while an append is on its way wait, and imports among them are then decided as one.
class user : public user_actor::base {
public:
  using super = user_actor::base;

  user(caf::actor_config& config, user_id id, user_opened profile, std::shared_ptr<const event_log> log,
       writer_actor writer, decision_policy policy, user_limits limits);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using promise = caf::typed_response_promise<commanded>;

  struct waiting_command {
    command what;
    promise answer;
    std::size_t rows; ///< what it costs to keep, 1 for all but imports
  };

  /// One decision: the command (imports joined), and the commands' answers in order with the rows that each brought.
  struct round {
    command what;
    std::vector<promise> answers;
    std::vector<std::size_t> rows;
    decision decided;
    int attempts = 0;
  };

  void accept(command& what, promise answer);
  void work();
  result<void> load();
  round take_next();
  void decide_round(std::shared_ptr<round> current);
  void on_appended(const std::shared_ptr<round>& done, const result<appended_range>& where);
  void answer(round& done, position at);
  void refuse_all(round& done, const refusal& why);

  user_id id_;
  user_opened profile_;
  std::shared_ptr<const event_log> log_;
  writer_actor writer_;
  decision_policy policy_;
  user_limits limits_;

  bool loaded_ = false;
  user_state state_;
  std::deque<waiting_command> waiting_;
  std::size_t waiting_rows_ = 0;
  bool appending_ = false;
  std::vector<caf::typed_response_promise<drained>> drains_;
};

} // namespace btpay
