#include "domain/event.hpp"

#include <array>

namespace btpay {

namespace {

// In the order of the variant.
constexpr std::array<std::string_view, std::variant_size_v<event>> type_names = {"user_opened",
                                                                                 "account_opened",
                                                                                 "transaction_imported",
                                                                                 "transaction_corrected",
                                                                                 "transaction_removed",
                                                                                 "transaction_categorized",
                                                                                 "transaction_uncategorized",
                                                                                 "notification_posted",
                                                                                 "transaction_restored",
                                                                                 "transaction_matched",
                                                                                 "transaction_unmatched",
                                                                                 "match_questioned",
                                                                                 "match_declined",
                                                                                 "merchant_remembered",
                                                                                 "merchant_forgotten",
                                                                                 "notification_cleared",
                                                                                 "alerts_set"};

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> notification_levels = {"info", "success", "warning", "error"};

/// Visits the ids of transactions in an event's members.
template <class Event, class Visit>
void each_id(Event& what, const Visit& visit) {
  if constexpr (requires { visit(what.id); })
    visit(what.id);
  if constexpr (requires { what.booked; })
    visit(what.booked);
  if constexpr (requires { what.pending; })
    visit(what.pending);
  if constexpr (requires { what.candidates; })
    for (auto& each : what.candidates)
      visit(each);
}

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

void place(event& what, position first) {
  const auto known = [first](transaction_id& id) {
    if (is_of_append(id))
      id = transaction_id{raw(first) + (raw(id) & ~raw(nth_of_append(0)))};
  };
  std::visit([&](auto& e) { each_id(e, known); }, what);
}

void shift_in_append(event& what) {
  const auto later = [](transaction_id& id) {
    if (is_of_append(id))
      id = transaction_id{raw(id) + 1};
  };
  std::visit([&](auto& e) { each_id(e, later); }, what);
}

bool names_own_append(const event& what) {
  bool any = false;
  const auto look = [&any](const transaction_id& id) { any |= is_of_append(id); };
  std::visit([&](const auto& e) { each_id(e, look); }, what);
  return any;
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
