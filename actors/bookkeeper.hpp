#pragma once
/// Answers what is asked about a user's transactions now and then, where the views that are pushed do not tell.

#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "actors/projector.hpp"
#include "projections/book.hpp"
#include "projections/stats_view.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace btpay {

/// How often a bookkeeper wants a `tick`.
inline constexpr std::chrono::seconds bookkeeper_tick{10};

/// Folds a user's stream when somebody asks, keeps that up to date with what is committed, and forgets it when nobody
/// has asked for a while. Missed or repeated news do no harm, as with the projectors.
class bookkeeper : public pinned<bookkeeper_actor::base> {
public:
  bookkeeper(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<const projector_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct entry {
    explicit entry(const view_policy& policy) : all(policy), figures(policy) {}

    book all;
    stats_view figures;
    position at{};
    instant last_used{};
  };

  void fold(const std::vector<recorded_event>& events);
  bool catch_up(user_id user, entry& into);
  entry* up_to_date(user_id user);
  book_page answer(const book_query& asked);
  void forget_idle();

  std::shared_ptr<const projector_services> services_;
  view_policy policy_;
  std::unordered_map<std::uint64_t, entry> users_;
};

} // namespace btpay
