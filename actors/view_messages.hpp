#pragma once
/// The messages that tell of one view at one moment, in each form that somebody wants. No CAF.

#include "actors/interfaces.hpp"
#include "domain/time.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

/// A view as it was rendered: what all its messages are made from.
struct rendering {
  shared_bytes data;  ///< JSON; null before the first one
  std::string totals; ///< what stands beside `data` at level 2, as `"NAME":VALUE,…`; of most views nothing

  bool same_as(const rendering& other) const { return *data == *other.data && totals == other.totals; }
};

/// Makes each message when it is wanted for the first time, then hands out the same bytes. Lives within one handler.
class view_messages {
public:
  /// `at` is the last event that changed the view, `now` when its windows were cut.
  view_messages(view_kind view, std::string_view epoch, const rendering& after, position at, instant now)
      : view_(view), epoch_(epoch), after_(after), at_(at), now_(now) {}

  /// Makes deltas possible: from `before`, which is at `previous`. All that is passed must outlive this.
  void tell_change(const rendering& before, position previous, bool with_hash);

  /// The message in that form; whole where no delta is possible or it would be no shorter.
  view_frame in(const view_form& form);

private:
  enum class kind : std::uint8_t { plain, positioned, delta };
  shared_bytes text(kind which);
  std::string delta_text() const;
  std::string positioned_text() const;

  view_kind view_;
  std::string_view epoch_;
  const rendering& after_;
  position at_;
  instant now_;
  const rendering* before_ = nullptr;
  position previous_{};
  bool with_hash_ = false;
  std::array<shared_bytes, 3> texts_;  ///< JSON, by kind
  std::array<shared_bytes, 3> packed_; ///< MessagePack, by kind
};

} // namespace btpay
