#pragma once
/// A user's calendar: where days, months and clock hours begin in its zone. Days have 23, 24 or 25 hours.

#include "domain/time.hpp"

#include <string_view>

namespace btpay {

class zone_table;

/// Cheap to copy; the zone data behind it is shared and immutable. Any thread. Answers cost some 10 ns.
///
/// The days of a calendar follow each other without gap or overlap: where clocks are set back over midnight, the day
/// that has begun goes on. Outside the years 0 to 9999 the answers are those of the nearest year inside.
class calendar {
public:
  /// UTC.
  calendar() noexcept;

  /// An IANA name such as Europe/Bucharest. Fails with `invalid_value`.
  static result<calendar> of_zone(std::string_view name);

  std::string_view zone() const noexcept;

  /// The first instant of the local day, month or clock hour that holds `t`. A clock hour that is repeated when
  /// summer time ends is two hours; one whose offset is not whole hours begins where the wall clock shows :00.
  instant day_start(instant t) const;
  instant month_start(instant t) const;
  instant hour_start(instant t) const;

  /// The first instant of the day `days` after (or before) the day that holds `t`.
  instant day_start_plus(instant t, int days) const;

  /// The first instant of the next month, clock hour.
  instant next_month_start(instant t) const;
  instant next_hour_start(instant t) const;

  /// The wall clock's hour at `t`, 0 to 23.
  int hour_of_day(instant t) const;

private:
  const zone_table* zone_; ///< never null; lives as long as the process
};

} // namespace btpay
