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
  return t;
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
    return transaction_corrected{transaction_id{random()}, random_transaction(random)};
  case 4:
    return transaction_removed{transaction_id{random()}};
  case 5:
    return transaction_categorized{transaction_id{random()}, random_text(random, 40),
                                   random_enum(random, transaction_categorized::author::user)};
  case 6:
    return transaction_uncategorized{transaction_id{random()}};
  default: {
    notification_posted posted;
    posted.message = random_text(random, 300);
    posted.level = random_enum(random, notification_level::error);
    if (flip(random))
      posted.amount = money{static_cast<std::int64_t>(random()), random_currency(random)};
    posted.extra_json = random_text(random, 200);
    posted.key = random_text(random, 30);
    return posted;
  }
  }
}

event note(std::string key) {
  notification_posted posted;
  posted.message = "noted";
  posted.key = std::move(key);
  return posted;
}

} // namespace btpay::testing
