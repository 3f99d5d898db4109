#include "domain/calendar.hpp"

#include "domain/zone_table.hpp"

#include <date/date.h>

#include <algorithm>

namespace btpay {

namespace {

constexpr std::int64_t hour_seconds = 3'600;
constexpr std::int64_t day_seconds = 24 * hour_seconds;

/// Rounded down to whole seconds. Every boundary lies on one, so nothing is lost. Outside the years 0 to 9999, where
/// the civil calendar's arithmetic could overflow, it is the nearest second inside.
utc_seconds to_seconds(instant t) {
  constexpr utc_seconds first = date::sys_seconds{date::sys_days{date::year{0} / 1 / 1}}.time_since_epoch().count();
  constexpr utc_seconds after = date::sys_seconds{date::sys_days{date::year{10000} / 1 / 1}}.time_since_epoch().count();
  return std::clamp(std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count(), first, after - 1);
}

instant to_instant(utc_seconds t) {
  constexpr auto first = std::chrono::ceil<std::chrono::seconds>(instant::min()).time_since_epoch().count();
  constexpr auto last = std::chrono::floor<std::chrono::seconds>(instant::max()).time_since_epoch().count();
  return instant{std::chrono::seconds{std::clamp(t, first, last)}};
}

constexpr std::int64_t floor_to(std::int64_t value, std::int64_t unit) {
  const auto rest = value % unit;
  return value - rest - (rest < 0 ? unit : 0);
}

/// Midnight at the beginning of the local day of `t`. A date that has begun stays begun where clocks are set back
/// over midnight, so that the days of a zone follow each other without overlap.
local_seconds midnight_before(const zone_table& zone, instant t) {
  return floor_to(zone.shown_until(to_seconds(t)), day_seconds);
}

/// Midnight at the beginning of the month `months` after that of `t`.
instant start_of_month(const zone_table& zone, instant t, int months) {
  const date::sys_days day{date::days{static_cast<int>(midnight_before(zone, t) / day_seconds)}};
  const date::year_month_day civil{day};
  const auto first = civil.year() / civil.month() / 1 + date::months{months};
  return to_instant(zone.first_showing(date::sys_seconds{date::sys_days{first}}.time_since_epoch().count()));
}

/// The begin of the wall clock's hour, if the clocks were not changed within it.
utc_seconds full_hour_before(const zone_table::stretch& stretch, utc_seconds t) {
  return floor_to(t + stretch.offset, hour_seconds) - stretch.offset;
}

} // namespace

calendar::calendar() noexcept : zone_(&zone_table::utc()) {}

result<calendar> calendar::of_zone(std::string_view name) {
  return zone_table::of(name).map([](const zone_table* zone) {
    calendar made;
    made.zone_ = zone;
    return made;
  });
}

std::string_view calendar::zone() const noexcept { return zone_->name(); }

instant calendar::day_start(instant t) const { return day_start_plus(t, 0); }

instant calendar::day_start_plus(instant t, int days) const {
  return to_instant(zone_->first_showing(midnight_before(*zone_, t) + days * day_seconds));
}

instant calendar::month_start(instant t) const { return start_of_month(*zone_, t, 0); }

instant calendar::next_month_start(instant t) const { return start_of_month(*zone_, t, 1); }

instant calendar::hour_start(instant t) const {
  const auto second = to_seconds(t);
  const auto& stretch = zone_->at(second);
  return to_instant(std::max(stretch.begin, full_hour_before(stretch, second)));
}

instant calendar::next_hour_start(instant t) const {
  const auto second = to_seconds(t);
  const auto& stretch = zone_->at(second);
  return to_instant(std::min(stretch.end, full_hour_before(stretch, second) + hour_seconds));
}

int calendar::hour_of_day(instant t) const {
  const auto second = to_seconds(t);
  const auto shown = second + zone_->at(second).offset;
  return static_cast<int>((shown - floor_to(shown, day_seconds)) / hour_seconds);
}

} // namespace btpay
