#pragma once
/// What has happened: the closed set of facts in the log. A fact is never changed; a new one says what is so now.
/// Their form on disk is in `storage/record_codec.hpp` and docs/LOG_FORMAT.md: a new member there is a new schema
/// version.

#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/time.hpp"
#include "domain/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

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

/// The source withdrew a transaction, or the user deleted it. It is nowhere counted or listed from now on, and stays so
/// when its source lists it again.
struct transaction_removed {
  enum class author : std::uint8_t { source, user };
  transaction_id id{};
  author by = author::source;
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

/// The user took back a deletion of its own.
struct transaction_restored {
  transaction_id id{};
  friend bool operator==(const transaction_restored&, const transaction_restored&) = default;
};

/// The category was taken back; the transaction stands where its source last put it.
struct transaction_uncategorized {
  transaction_id id{};
  friend bool operator==(const transaction_uncategorized&, const transaction_uncategorized&) = default;
};

/// A booked transaction takes the place of a pending one: from now on only `booked` is counted and listed. Decisions of
/// the user on `pending` are carried over by events of their own beside this one.
struct transaction_matched {
  /// The source named it; amount, time and merchant fitted one alone; the user said so.
  enum class author : std::uint8_t { link, rule, user };
  transaction_id booked{};
  transaction_id pending{};
  author by = author::link;
  friend bool operator==(const transaction_matched&, const transaction_matched&) = default;
};

/// The match was wrong: both are counted again, and `booked` is never matched by rule from now on.
struct transaction_unmatched {
  transaction_id booked{};
  transaction_id pending{};
  friend bool operator==(const transaction_unmatched&, const transaction_unmatched&) = default;
};

/// Several pending transactions fit `booked`. Until the user decides it is on the review list and not counted, since
/// the candidates are.
struct match_questioned {
  transaction_id booked{};
  std::vector<transaction_id> candidates; ///< growing
  friend bool operator==(const match_questioned&, const match_questioned&) = default;
};

/// The user said that `booked` takes no pending one's place: it leaves the review list and is counted.
struct match_declined {
  transaction_id booked{};
  friend bool operator==(const match_declined&, const match_declined&) = default;
};

/// The user's own rule: payments to this merchant are of this category, before what the service's rules say. Holds for
/// what is pending and what comes; what has been decided stays.
struct merchant_remembered {
  std::string merchant; ///< folded (`fold.hpp`), so that case and diacritics do not matter
  std::string category;
  friend bool operator==(const merchant_remembered&, const merchant_remembered&) = default;
};

struct merchant_forgotten {
  std::string merchant; ///< folded
  friend bool operator==(const merchant_forgotten&, const merchant_forgotten&) = default;
};

enum class notification_level : std::uint8_t { info, success, warning, error };
std::string_view to_string(notification_level) noexcept;
result<notification_level> parse_notification_level(std::string_view);

struct notification_posted {
  std::string message;
  notification_level level = notification_level::info;
  std::optional<money> amount;         ///< on the wire a number beside `currency`
  std::string extra_json;              ///< further members for the client, a JSON object's text; empty for none
  std::string key;                     ///< the same key is posted once per user; empty for none
  std::optional<instant> expires_at{}; ///< from then on it is not shown to anybody who has not seen it yet
  friend bool operator==(const notification_posted&, const notification_posted&) = default;
};

/// The user has seen a notification, on whichever device; it is unread no more on all of them.
struct notification_cleared {
  enum class manner : std::uint8_t { acknowledged, read };
  notification_id id{};
  manner how = manner::acknowledged;
  friend bool operator==(const notification_cleared&, const notification_cleared&) = default;
};

/// What a category may cost in a calendar month of the user's zone.
struct budget {
  std::string category;
  money limit;
  friend bool operator==(const budget&, const budget&) = default;
};

/// What the user wants to be told of, all of it; replaces what was set before. The notifications are events beside the
/// imports that cause them, so a replay makes none.
struct alerts_set {
  std::optional<money> large_from; ///< a payment of so much or more, in that currency
  std::vector<budget> budgets; ///< a month's payments of a category go over its limit; one per category and currency
  bool new_merchant = false;   ///< the first payment to a merchant
  friend bool operator==(const alerts_set&, const alerts_set&) = default;
};

/// The order is the type number on disk (1, 2, …): append only.
using event = std::variant<user_opened, account_opened, transaction_imported, transaction_corrected,
                           transaction_removed, transaction_categorized, transaction_uncategorized, notification_posted,
                           transaction_restored, transaction_matched, transaction_unmatched, match_questioned,
                           match_declined, merchant_remembered, merchant_forgotten, notification_cleared, alerts_set>;

/// The id of a transaction that is imported by event `index` of the same append, whose position is not known before it
/// is in the log. Only between `decide` and the log: `place` gives every event its real ids before it is written or
/// folded.
constexpr transaction_id nth_of_append(std::size_t index) noexcept {
  return transaction_id{std::uint64_t{1} << 63U | index};
}
constexpr bool is_of_append(transaction_id id) noexcept { return raw(id) >> 63U != 0; }

/// Replaces each `nth_of_append` in an event of an append that begins at `first`.
void place(event&, position first);
/// Moves each `nth_of_append` by one, since an event came before all others of the append.
void shift_in_append(event&);
/// Whether there is any.
bool names_own_append(const event&);

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
