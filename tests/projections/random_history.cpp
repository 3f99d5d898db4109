#include "tests/projections/random_history.hpp"

#include <array>
#include <limits>

namespace btpay::testing {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

} // namespace

random_history::random_history(rng& random) : random_(random) {
  now_ = when(one_of("2026-02-04T14:35:27.2505Z", "2026-03-28T20:00:00Z", "2026-03-29T02:10:00Z",
                     "2026-10-24T21:30:00Z", "2026-10-25T03:00:00Z", "2025-12-31T21:59:59.999999Z"));
}

duration random_history::within(duration span) {
  return duration{static_cast<duration::rep>(below(static_cast<std::uint64_t>(span.count())))};
}

/// Near now, and often just at a border.
instant random_history::date() {
  const duration off = one_of(-duration{1}, duration{0}, duration{1}, duration{0});
  switch (below(10)) {
  case 0:
    return now_ - hours{below(26)} + off;
  case 1:
    return now_ - days{one_of(1, 2, 7, 30)} + off;
  case 2:
    return std::chrono::floor<hours>(now_) - hours{below(200)} + off;
  case 3:
    return now_ + within(days{2});
  case 4:
    return now_ - within(days{400});
  case 5:
    return imported_.empty() ? now_ : std::chrono::floor<days>(now_);
  default:
    return now_ - within(days{40}) * (below(3) == 0 ? 1 : 0) - within(hours{30});
  }
}

transaction random_history::content() {
  transaction t;
  t.date = date();
  t.amount.unit = currency::parse(one_of("RON", "RON", "RON", "RON", "EUR", "JPY", "KWD")).value();
  switch (below(12)) {
  case 0:
    t.amount.minor = one_of(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
    break;
  case 1:
    t.amount.minor = static_cast<std::int64_t>(random_());
    break;
  case 2:
    t.amount.minor = static_cast<std::int64_t>(below(5000)); // a refund, or nothing
    break;
  default:
    t.amount.minor = -static_cast<std::int64_t>(below(4) * 500);
  }
  t.description = one_of("pay Lidl", "pay Fornetti", "pay Tarom", "pay Ana", "pay ", "pay Unknown", "Fornetti", "",
                         "pay \"Țăran\"\n", "pay Faur", "pay Gura", "pay Hala", "pay Iris", "pay Jar", "pay Kaufland");
  t.bank = one_of(bank_status::booked, bank_status::pending);
  t.status = one_of(transaction_status::synced, transaction_status::synced, transaction_status::synced,
                    transaction_status::pending, transaction_status::pending, transaction_status::duplicated,
                    transaction_status::ignored);
  if (below(6) == 0)
    t.category = one_of("", "food", "rent", "other");
  return t;
}

/// The id of a transaction; seldom one that there never was.
std::uint64_t random_history::known() {
  return imported_.empty() || below(50) == 0 ? random_() : imported_[below(imported_.size())];
}

const recorded_event& random_history::happen() {
  const auto what = below(100);
  if (what < 55)
    imported_.push_back(history_.import(content()));
  else if (what < 68)
    history_.correct(known(), content());
  else if (what < 76)
    history_.remove(known());
  else if (what < 88)
    history_.categorize(known(), one_of("food", "travel", "rent", "other", ""));
  else if (what < 95)
    history_.uncategorize(known());
  else if (what < 97)
    history_.open(one_of("Europe/Bucharest", "America/New_York", "Asia/Kolkata", "UTC", "Mars/Olympus"),
                  one_of("RON", "EUR", "JPY"));
  else if (what < 98)
    history_.add(account_opened{"Cont", currency{}, now_});
  else
    history_.add(notification_posted{"hello", notification_level::info, std::nullopt, "", ""});
  return history_.events().back();
}

instant random_history::pass() {
  switch (below(12)) {
  case 0:
    return now_ -= within(days{3});
  case 1:
    return now_ += days{below(40)};
  case 2:
    return now_ -= days{below(40)};
  case 3:
    return now_ += duration{1};
  case 4:
    return now_ = std::chrono::floor<hours>(now_) + hours{1} - duration{below(2)};
  case 5:
  case 6:
    return now_ += hours{below(30)};
  case 7:
    return now_ += within(days{2});
  default:
    return now_ += seconds{below(4000)};
  }
}

} // namespace btpay::testing
