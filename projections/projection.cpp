#include "projections/projection.hpp"

#include <array>

namespace btpay {

namespace {
constexpr std::array<std::string_view, view_kinds> names{"dashboard", "pending", "hourly", "categories"};
}

std::string_view to_string(view_kind kind) noexcept { return names[static_cast<std::size_t>(kind)]; }

std::optional<view_kind> parse_view_kind(std::string_view text) noexcept {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text)
      return static_cast<view_kind>(i);
  return std::nullopt;
}

} // namespace btpay
