#include "projections/any_view.hpp"

#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"

#include <array>

namespace btpay {

namespace {

/// By `view_kind`.
constexpr std::array<std::uint32_t, view_kinds> code_versions{1, 1, 1, 1};

template <projection View>
class held_view final : public any_view {
public:
  template <class... Begun>
  explicit held_view(const view_policy& policy, const Begun&... begun) : view_(policy, begun...) {}
  bool apply(const recorded_event& e) override { return view_.apply(e); }
  bool advance(instant now) override { return view_.advance(now); }
  instant next_change() const override { return view_.next_change(); }
  void render(std::string& out) const override { view_.render(out); }

private:
  View view_;
};

template <class... Begun>
std::unique_ptr<any_view> made(view_kind kind, const Begun&... begun) {
  switch (kind) {
  case view_kind::dashboard:
    return std::make_unique<held_view<dashboard_view>>(begun...);
  case view_kind::pending:
    return std::make_unique<held_view<pending_view>>(begun...);
  case view_kind::hourly:
    return std::make_unique<held_view<hourly_view>>(begun...);
  case view_kind::categories:
    return std::make_unique<held_view<category_view>>(begun...);
  }
  return nullptr;
}

} // namespace

std::unique_ptr<any_view> make_view(view_kind kind, const view_policy& policy) { return made(kind, policy); }

std::unique_ptr<any_view> make_view(view_kind kind, const view_policy& policy, const user_rows& folded) {
  return made(kind, policy, folded);
}

std::uint32_t code_version_of(view_kind kind) noexcept { return code_versions[static_cast<std::size_t>(kind)]; }

} // namespace btpay
