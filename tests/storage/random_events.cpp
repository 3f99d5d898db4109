#include "tests/storage/random_events.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace btpay::testing {

namespace {

bool flip(rng& random) { return below(random, 2) == 0; }

currency random_currency(rng& random) {
  static constexpr std::array<std::string_view, 5> codes{"RON", "EUR", "JPY", "KWD", "USD"};
  return *currency::parse(codes[below(random, codes.size())]);
}

template <class Enum>
Enum random_enum(rng& random, Enum last) {
  return static_cast<Enum>(below(random, static_cast<std::size_t>(last) + 1));
}

std::optional<std::string> maybe_text(rng& random, std::size_t bytes_max) {
  return flip(random) ? std::nullopt : std::optional{random_text(random, bytes_max)};
}

/// One that the log gave out: the upper half of the numbers is for ids inside an append.
transaction_id random_id(rng& random) { return transaction_id{random() >> 1U}; }

transaction random_transaction(rng& random) {
  transaction t;
  t.source = random_text(random, 10);
  t.external_id = random_text(random, 40);
  t.date = random_instant(random);
  t.amount = {static_cast<std::int64_t>(random()), random_currency(random)};
  t.description = random_text(random, flip(random) ? 100 : 20'000); // the longer ones need pages of their own
  t.merchant = maybe_text(random, 30);
  if (flip(random))
    t.mcc = static_cast<std::uint16_t>(random());
  t.bank = random_enum(random, bank_status::pending);
  t.status = random_enum(random, transaction_status::ignored);
  t.category = maybe_text(random, 30);
  t.linked = flip(random);
  t.replaces = maybe_text(random, 40);
  return t;
}

money random_money(rng& random) { return {static_cast<std::int64_t>(random()), random_currency(random)}; }

notification_posted random_notification(rng& random) {
  notification_posted posted;
  posted.message = random_text(random, 300);
  posted.level = random_enum(random, notification_level::error);
  if (flip(random))
    posted.amount = random_money(random);
  posted.extra_json = random_text(random, 200);
  posted.key = random_text(random, 30);
  if (flip(random))
    posted.expires_at = random_instant(random);
  return posted;
}

match_questioned random_question(rng& random) {
  match_questioned asked{random_id(random), {}};
  for (auto left = below(random, 5); left > 0; --left)
    asked.candidates.push_back(random_id(random));
  return asked;
}

alerts_set random_alerts(rng& random) {
  alerts_set wanted;
  if (flip(random))
    wanted.large_from = random_money(random);
  for (auto left = below(random, 4); left > 0; --left)
    wanted.budgets.push_back({random_text(random, 30), random_money(random)});
  wanted.new_merchant = flip(random);
  return wanted;
}

} // namespace

std::size_t below(rng& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random);
}

std::string random_text(rng& random, std::size_t bytes_max) {
  std::string text(below(random, bytes_max + 1), '\0');
  for (char& c : text)
    c = static_cast<char>(random());
  return text;
}

instant random_instant(rng& random) { return instant{duration{static_cast<std::int64_t>(random())}}; }

event random_event(rng& random) {
  switch (below(random, std::variant_size_v<event>)) {
  case 0:
    return user_opened{random_text(random, 64), random_text(random, 40), random_currency(random)};
  case 1:
    return account_opened{random_text(random, 64), random_currency(random), random_instant(random)};
  case 2:
    return transaction_imported{random_transaction(random)};
  case 3:
    return transaction_corrected{random_id(random), random_transaction(random)};
  case 4:
    return transaction_removed{random_id(random), random_enum(random, transaction_removed::author::user)};
  case 5:
    return transaction_categorized{random_id(random), random_text(random, 40),
                                   random_enum(random, transaction_categorized::author::user)};
  case 6:
    return transaction_uncategorized{random_id(random)};
  case 7:
    return random_notification(random);
  case 8:
    return transaction_restored{random_id(random)};
  case 9:
    return transaction_matched{random_id(random), random_id(random),
                               random_enum(random, transaction_matched::author::user)};
  case 10:
    return transaction_unmatched{random_id(random), random_id(random)};
  case 11:
    return random_question(random);
  case 12:
    return match_declined{random_id(random)};
  case 13:
    return merchant_remembered{random_text(random, 40), random_text(random, 40)};
  case 14:
    return merchant_forgotten{random_text(random, 40)};
  case 15:
    return notification_cleared{notification_id{random()}, random_enum(random, notification_cleared::manner::read)};
  default:
    return random_alerts(random);
  }
}

event note(std::string key) {
  notification_posted posted;
  posted.message = "noted";
  posted.key = std::move(key);
  return posted;
}

} // namespace btpay::testing
