#pragma once
/// Answers what is asked about the past, and about what numbers are made of.

#include "actors/interfaces.hpp"
#include "actors/past_fold.hpp"
#include "domain/time.hpp"
#include "storage/event_log.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

namespace btpay {

/// How often a historian wants a `tick`.
inline constexpr std::chrono::seconds historian_tick{10};

struct historian_limits {
  std::size_t questions_max = 64;              ///< that wait or are worked on, of all users
  std::size_t questions_per_user_max = 4;      ///< of one
  std::size_t slice_events = 128 * 1'024;      ///< read for one question before others have their turn
  std::size_t kept_events_max = 2'000'000;     ///< folded events that are kept for later questions; about 50 bytes each
  duration idle_max = std::chrono::minutes{1}; ///< a user whom nobody asks about is forgotten after this
};

struct historian_services {
  std::shared_ptr<const event_log> log;
  std::shared_ptr<const clock> time;
  view_policy policy;
  historian_limits limits{};
};

/// Reads the log itself, and nothing but the log of the user who asks: whatever was committed before a question is part
/// of the answer. Spawned detached by the assembly: a fold of a million events takes seconds. Questions take turns, so
/// that a short one does not wait for a long one's end. What was folded of the present is kept for a while, since who
/// moves a slider asks again and again; a question that leaves out what is known now is folded for itself.
class historian : public historian_actor::base {
public:
  using super = historian_actor::base;

  historian(caf::actor_config& config, std::shared_ptr<const historian_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using promise = caf::typed_response_promise<past_answer>;

  struct question {
    past_query asked;
    moment when; ///< `cut` is the one to answer with
    promise answer;
    std::shared_ptr<past_fold> fold; ///< null before its first turn
  };
  struct kept_fold {
    std::shared_ptr<past_fold> fold;
    instant last_used{};
  };

  result<moment> moment_of(const past_query& asked) const;
  result<void> has_room(user_id user) const;
  void take(past_query& asked, promise answer);
  void work();
  bool read_on(question& turn);
  std::shared_ptr<past_fold> fold_for(const question& turn);
  void answer(question& turn, result<told_past> told);
  void keep_few(user_id but);
  void forget_idle();

  std::shared_ptr<const historian_services> services_;
  view_policy policy_;
  std::deque<question> questions_; ///< the first one has its turn
  std::unordered_map<std::uint64_t, kept_fold> kept_;
};

} // namespace btpay
