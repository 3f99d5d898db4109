#include "actors/stored_views.hpp"

#include <spdlog/spdlog.h>

namespace btpay {

std::optional<stored_view> find_stored(const view_store& store, const event_log& log, view_kind kind, user_id user,
                                       std::uint64_t code, instant now) {
  auto found = store.find(static_cast<std::uint8_t>(kind), user, log.epoch());
  if (!found) {
    spdlog::warn("a stored view is passed over: {}", found.error().message);
    return std::nullopt;
  }
  if (!*found || (*found)->code != code || now < (*found)->time || now >= (*found)->good_until)
    return std::nullopt;
  const auto head = log.head_of(user);
  if (!head || *head != (*found)->at)
    return std::nullopt;
  return std::move(*found);
}

} // namespace btpay
