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

/// Two that are not the same.
std::pair<transaction_id, transaction_id> random_history::known_pair() {
  const auto first = known();
  auto second = known();
  if (second == first)
    ++second; // one that there never was
  return {transaction_id{first}, transaction_id{second}};
}

void random_history::decide_matches() {
  const auto [booked, pending] = known_pair();
  switch (below(4)) {
  case 0:
    history_.add(match_questioned{booked, {pending}});
    break;
  case 1:
    history_.add(match_declined{booked});
    break;
  case 2:
    history_.add(transaction_unmatched{booked, pending});
    break;
  default:
    history_.add(transaction_matched{booked, pending,
                                     one_of(transaction_matched::author::link, transaction_matched::author::rule)});
  }
}

void random_history::decide_otherwise() {
  // Most of what is decided is taken back, so that it is seen to come back as it was.
  switch (below(6)) {
  case 0:
    history_.add(transaction_restored{transaction_id{known()}});
    break;
  case 1:
    history_.add(transaction_removed{transaction_id{known()}, transaction_removed::author::user});
    break;
  case 2:
  case 3:
    history_.add(merchant_remembered{one_of("lidl", "fornetti", "tarom", "ana"), one_of("rent", "own", "travel")});
    break;
  case 4:
    history_.add(merchant_forgotten{one_of("lidl", "fornetti", "tarom", "ana")});
    break;
  default:
    history_.add(notification_cleared{notification_id{known()}});
  }
}

const recorded_event& random_history::happen() {
  const auto what = below(100);
  if (what < 46)
    imported_.push_back(history_.import(content()));
  else if (what < 56)
    history_.correct(known(), content());
  else if (what < 59)
    history_.remove(known());
  else if (what < 69)
    history_.categorize(known(), one_of("food", "travel", "rent", "other", ""));
  else if (what < 75)
    history_.uncategorize(known());
  else if (what < 85)
    decide_matches();
  else if (what < 95)
    decide_otherwise();
  else if (what < 97)
    history_.open(one_of("Europe/Bucharest", "America/New_York", "Asia/Kolkata", "UTC", "Mars/Olympus"),
                  one_of("RON", "EUR", "JPY"));
  else if (what < 98)
    history_.add(account_opened{"Cont", currency{}, now_});
  else if (what < 99)
    history_.add(alerts_set{});
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
