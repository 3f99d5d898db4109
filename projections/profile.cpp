#include "projections/profile.hpp"

#include <utility>

namespace btpay {

namespace {
constexpr std::string_view default_zone = "Europe/Bucharest";
}

profile::profile() : days_(calendar::of_zone(default_zone).value_or(calendar{})) {}

bool profile::take(const user_opened& opened) {
  bool changed = std::exchange(home_, opened.home) != opened.home;
  if (opened.zone != days_.zone())
    if (const auto days = calendar::of_zone(opened.zone)) {
      days_ = *days;
      changed = true;
    }
  return changed;
}

} // namespace btpay
