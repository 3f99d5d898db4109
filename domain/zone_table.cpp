#include "domain/zone_table.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace btpay {

namespace {

// Far outside what an instant can be, and far enough from overflow to add offsets and days.
constexpr std::int64_t before_time = -(std::int64_t{1} << 60);
constexpr std::int64_t after_time = std::int64_t{1} << 60;

} // namespace

void zone_table::append(utc_seconds begin, std::int64_t offset) {
  if (stretches_.empty()) {
    stretches_.push_back({before_time, after_time, offset, before_time});
    return;
  }
  auto& last = stretches_.back();
  if (last.offset == offset)
    return; // Only the name of the offset changed.
  last.end = begin;
  stretches_.push_back({begin, after_time, offset, std::max(last.reached, begin + last.offset)});
}

const zone_table& zone_table::utc() noexcept {
  static const auto table = [] {
    zone_table utc("UTC");
    utc.append(before_time, 0);
    return utc;
  }();
  return table;
}

result<const zone_table*> zone_table::of(std::string_view name) {
  // Tables are never dropped: there are as many as there are zones, and calendars point to them.
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<const zone_table>, std::less<>> tables;
  const std::lock_guard lock(mutex);
  if (const auto known = tables.find(name); known != tables.end())
    return known->second.get();
  try {
    const auto* zone = date::locate_zone(std::string(name));
    auto table = std::unique_ptr<zone_table>(new zone_table(std::string(name)));
    for (auto info = zone->get_info(date::sys_seconds::min());; info = zone->get_info(info.end)) {
      table->append(info.begin.time_since_epoch().count(), info.offset.count());
      if (info.end >= date::sys_days{date::year{9999} / 1 / 1})
        break;
    }
    return tables.emplace(name, std::move(table)).first->second.get();
  } catch (const std::exception&) {
    return refuse(errc::invalid_value, "a zone must be an IANA name, such as Europe/Bucharest");
  }
}

const zone_table::stretch& zone_table::at(utc_seconds t) const noexcept {
  return *std::prev(std::ranges::upper_bound(stretches_, t, {}, &stretch::begin));
}

local_seconds zone_table::shown_until(utc_seconds t) const noexcept {
  const auto& now = at(t);
  return std::max(t + now.offset, now.reached - 1);
}

utc_seconds zone_table::first_showing(local_seconds local) const noexcept {
  // The next stretch has reached more than `local`, so it is within this one that the clocks get there.
  const auto& there = *std::prev(std::ranges::upper_bound(stretches_, local, {}, &stretch::reached));
  return std::max(there.begin, local - there.offset);
}

} // namespace btpay
