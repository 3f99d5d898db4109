#include "domain/event.hpp"

#include <array>

namespace btpay {

namespace {

// In the order of the variant.
constexpr std::array<std::string_view, std::variant_size_v<event>> type_names = {
    "user_opened",         "account_opened",          "transaction_imported",      "transaction_corrected",
    "transaction_removed", "transaction_categorized", "transaction_uncategorized", "notification_posted",
    "transaction_restored", "transaction_matched", "transaction_unmatched", "match_questioned", "match_declined",
    "merchant_remembered", "merchant_forgotten", "notification_cleared", "alerts_set"};

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> notification_levels = {"info", "success", "warning", "error"};

} // namespace

std::string_view to_string(notification_level level) noexcept {
  return notification_levels[static_cast<std::size_t>(level)];
}

result<notification_level> parse_notification_level(std::string_view text) {
  for (std::size_t i = 0; i < notification_levels.size(); ++i)
    if (notification_levels[i] == text)
      return static_cast<notification_level>(i);
  return refuse(errc::invalid_value, "level must be info, success, warning or error");
}

std::string_view type_name(const event& what) noexcept { return type_names[what.index()]; }

instant valid_time(const event& what, instant recorded_at) noexcept {
  if (const auto* imported = std::get_if<transaction_imported>(&what))
    return imported->data.date;
  if (const auto* corrected = std::get_if<transaction_corrected>(&what))
    return corrected->data.date;
  return recorded_at;
}

} // namespace btpay
