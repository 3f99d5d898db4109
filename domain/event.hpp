#pragma once
/// What has happened: the closed set of facts in the log. A fact is never changed; a new one says what is so now.
/// Their form on disk is in `storage/record_codec.hpp` and docs/LOG_FORMAT.md: a new member there is a new schema
/// version.

#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/time.hpp"
#include "domain/transaction.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace btpay {

/// The first event of every user: who it is and how its views are cut. Also written again when the profile changes.
struct user_opened {
  std::string name;
  std::string zone; ///< IANA, such as Europe/Bucharest
  currency home;    ///< totals are in this currency
  friend bool operator==(const user_opened&, const user_opened&) = default;
};

/// A bank account of the user; bookings of the `moneymanager` preset need one in the transaction's currency.
struct account_opened {
  std::string name;
  currency unit;
  instant created_at{};
  friend bool operator==(const account_opened&, const account_opened&) = default;
};

struct transaction_imported {
  transaction data;
  friend bool operator==(const transaction_imported&, const transaction_imported&) = default;
};

/// The source told other content for a transaction that we have. `data` is all of it, in force from now on.
/// The user's own decisions (category, status) stay as they were.
struct transaction_corrected {
  transaction_id id{};
  transaction data;
  friend bool operator==(const transaction_corrected&, const transaction_corrected&) = default;
};

/// The source withdrew a transaction.
struct transaction_removed {
  transaction_id id{};
  friend bool operator==(const transaction_removed&, const transaction_removed&) = default;
};

/// A pending transaction got its category and is now synced.
struct transaction_categorized {
  enum class author : std::uint8_t { rule, user };
  transaction_id id{};
  std::string category;
  author by = author::rule;
  friend bool operator==(const transaction_categorized&, const transaction_categorized&) = default;
};

/// The category was taken back; the transaction is pending again.
struct transaction_uncategorized {
  transaction_id id{};
  friend bool operator==(const transaction_uncategorized&, const transaction_uncategorized&) = default;
};

enum class notification_level : std::uint8_t { info, success, warning, error };
std::string_view to_string(notification_level) noexcept;
result<notification_level> parse_notification_level(std::string_view);

struct notification_posted {
  std::string message;
  notification_level level = notification_level::info;
  std::optional<money> amount; ///< on the wire a number beside `currency`
  std::string extra_json;      ///< further members for the client, a JSON object's text; empty for none
  std::string key;             ///< the same key is posted once per user; empty for none
  friend bool operator==(const notification_posted&, const notification_posted&) = default;
};

/// The order is the type number on disk (1, 2, …): append only.
using event =
    std::variant<user_opened, account_opened, transaction_imported, transaction_corrected, transaction_removed,
                 transaction_categorized, transaction_uncategorized, notification_posted>;

/// The name of an event's type, such as "transaction_imported".
std::string_view type_name(const event&) noexcept;

/// When the event happened in the world: a transaction's date, else `recorded_at`.
instant valid_time(const event&, instant recorded_at) noexcept;

/// An event with its place in the log.
struct recorded_event {
  position at{};       ///< in the whole log
  position previous{}; ///< of the same user's event before this one; 0 for its first
  user_id user{};
  instant recorded_at{}; ///< when we knew, UTC
  event body;
};

} // namespace btpay
