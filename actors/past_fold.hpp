#pragma once
/// The projections that a question about the past needs, folded as far as one has read. Pure; no CAF.

#include "actors/interfaces.hpp"
#include "projections/any_view.hpp"
#include "projections/book.hpp"
#include "projections/moment.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

namespace btpay {

/// Of one user. What no question has needed is not folded; what is missing of it is read when one does.
class past_fold {
public:
  explicit past_fold(const view_policy& policy) : policy_(policy) {}

  /// Prepares for a question, and gives the position behind which its projections are to read on.
  position begin(const past_query& asked);

  /// Whether what the question needs has read nothing behind `last`.
  bool is_within(const past_query& asked, position last);

  /// Hands on the user's next event. False where none behind it is part of the moment.
  bool take(const recorded_event& e, const past_query& asked, const moment& when);

  /// What is asked for, when all events are taken. The cut may be anywhere, however often.
  result<told_past> tell(const past_query& asked, instant cut);

  /// How many events were folded into projections, which is what the memory grows with.
  std::size_t folded() const noexcept { return folded_; }

private:
  /// How far a projection has read, and the last event that is part of it.
  struct progress {
    position read{};
    position at{};
  };
  struct folded_view {
    std::unique_ptr<any_view> view;
    progress how_far{};
  };
  using folded_views = std::array<folded_view, view_kinds>;

  /// Whether what is dated after the question's moment is no part of the answer.
  bool ends_then(const past_query& asked) const { return asked.at && !asked.later && !policy_.moneymanager; }
  /// The policy to answer a question by.
  view_policy policy_for(const past_query& asked) const;
  folded_views& views_for(const past_query& asked) { return ends_then(asked) ? until_now_ : with_later_; }
  template <class Projection>
  void take_one(Projection& into, progress& how_far, const recorded_event& e, bool known);

  view_policy policy_;
  folded_views until_now_;
  folded_views with_later_;
  std::unique_ptr<book> rows_;
  progress rows_at_;
  std::size_t folded_ = 0;
};

} // namespace btpay
