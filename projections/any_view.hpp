#pragma once
/// A view whose kind is known only when the program runs: for whoever rebuilds all kinds at once.

#include "projections/projection.hpp"
#include "projections/user_rows.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace btpay {

/// A `projection` behind virtual calls; the same rules hold.
class any_view {
public:
  virtual ~any_view() = default;
  virtual bool apply(const recorded_event& e) = 0;
  virtual bool advance(instant now) = 0;
  virtual instant next_change() const = 0;
  virtual void render(std::string& out) const = 0;
};

std::unique_ptr<any_view> make_view(view_kind kind, const view_policy& policy);

/// Of rows that are folded already and do not change while it lives. It takes no events, but moves in time.
std::unique_ptr<any_view> make_view(view_kind kind, const view_policy& policy, const user_rows& folded);

/// Raised with every change of a view's code after which the same events may give other bytes: what was stored of it is
/// then known to be old.
std::uint32_t code_version_of(view_kind kind) noexcept;

} // namespace btpay
