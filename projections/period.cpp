#include "projections/period.hpp"

#include <algorithm>

namespace btpay {

instant shifted(instant t, duration by) noexcept {
  duration::rep sum = 0;
  if (__builtin_add_overflow(t.time_since_epoch().count(), by.count(), &sum))
    return by.count() < 0 ? instant::min() : instant::max();
  return instant{duration{sum}};
}

namespace {

/// Now itself is part of it.
stretch up_to(const stretch& whole, instant now) noexcept {
  return {whole.from, std::min(whole.until, shifted(now, duration{1}))};
}

} // namespace

stretch seen(const stretch& whole, instant now, const view_policy& policy) noexcept {
  return policy.until_now ? up_to(whole, now) : whole;
}

stretch period::at(instant now, const calendar& days) const {
  const auto current = whole(now, days);
  return ends_now_ ? up_to(current, now) : current;
}

stretch period::whole(instant now, const calendar& days) const {
  switch (kind_) {
  case kind::local_days:
    return {days.day_start_plus(now, 1 - count_), days.day_start_plus(now, 1)};
  case kind::local_month:
    return {days.month_start(now), days.next_month_start(now)};
  case kind::rolling:
    break;
  }
  return {shifted(now, -span_), end_of_time};
}

/// The first now at which a row of that later date is within.
instant period::enters(instant date, const calendar& days) const {
  if (ends_now_)
    return date;
  return kind_ == kind::local_month ? days.month_start(date) : days.day_start(date);
}

/// The first now at which a row of that date is within no more.
instant period::leaves(instant date, const calendar& days) const {
  switch (kind_) {
  case kind::local_days:
    return days.day_start_plus(date, count_);
  case kind::local_month:
    return days.next_month_start(date);
  case kind::rolling:
    break;
  }
  return shifted(date, span_ + duration{1}); // a row exactly `span` old is still within
}

instant period::next_move(const stretch& current, const ledger& book, const calendar& days) const {
  auto next = end_of_time;
  if (const auto oldest = book.first_date(current.from); oldest && *oldest < current.until)
    next = leaves(*oldest, days);
  if (const auto later = book.first_date(current.until))
    next = std::min(next, enters(*later, days));
  return next;
}

periods periods_of(const view_policy& policy) noexcept {
  using std::chrono::days;
  if (policy.moneymanager)
    return {period::rolling(days{1}), period::rolling(days{7}), period::rolling(days{30})};
  const periods whole{period::local_days(1), period::local_days(7), period::local_month()};
  if (!policy.until_now)
    return whole;
  return {whole.day.until_now(), whole.week.until_now(), whole.month.until_now()};
}

} // namespace btpay
