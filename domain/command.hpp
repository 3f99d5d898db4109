#pragma once
/// What a user's stream can be asked to do: the closed set of commands, and what each answers.

#include "domain/event.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace btpay {

/// Makes the user's stream begin (or take a new profile).
struct open_user {
  user_opened profile;
};

struct open_account {
  account_opened account;
};

/// What a source knows a transaction by.
struct transaction_key {
  std::string source;
  std::string external_id;
  friend bool operator==(const transaction_key&, const transaction_key&) = default;
};

/// Takes what a source tells: `rows` first, then `withdrawn`. Answers `fates` of both, in that order, and `rejected`.
struct import_transactions {
  std::vector<transaction> rows;
  std::vector<transaction_key> withdrawn{};
};

/// Books every pending transaction whose category the rules know. Answers `categorized`.
struct auto_categorize {};

/// Answers `posted`.
struct post_notification {
  notification_posted notification;
};

// What a user decides about one transaction. Each answers `changed`, which is 0 where it was so already, and is refused
// with `unknown_item` where there is no such transaction, with `invalid_value` where it is not in such a state.

/// Gives a category, also to one that has one. `remember` makes it the rule for the merchant.
struct categorize {
  transaction_id id{};
  std::string category;
  bool remember = false;
};
/// Takes the category back.
struct uncategorize {
  transaction_id id{};
};
/// Deletes it from everything that is shown; `restore_transaction` takes that back.
struct remove_transaction {
  transaction_id id{};
};
struct restore_transaction {
  transaction_id id{};
};
/// Says that `booked` takes the place of `pending`: from the review list, or by the user's own sight.
struct match_transactions {
  transaction_id booked{};
  transaction_id pending{};
};
/// Takes a match back, whoever made it.
struct unmatch_transaction {
  transaction_id booked{};
};
/// Takes `booked` from the review list as a payment of its own.
struct decline_match {
  transaction_id booked{};
};
/// Ends the user's rule for a merchant, named in any spelling. Answers `changed`.
struct forget_merchant {
  std::string merchant;
};
/// Answers `changed`: how many were unread. Unknown ones are passed over.
struct clear_notifications {
  std::vector<notification_id> ids;
  notification_cleared::manner how = notification_cleared::manner::acknowledged;
};
/// Answers `changed`.
struct set_alerts {
  alerts_set wanted;
};

using command = std::variant<open_user, open_account, import_transactions, auto_categorize, post_notification,
                             categorize, uncategorize, remove_transaction, restore_transaction, match_transactions,
                             unmatch_transaction, decline_match, forget_merchant, clear_notifications, set_alerts>;

/// What became of one row of an import.
enum class row_fate : std::uint8_t { accepted, corrected, duplicate, rejected, withdrawn };

/// Why a row was rejected. Rejected rows spoil no others.
struct row_refusal {
  std::size_t index; ///< in the command's rows
  refusal why;
};

/// Everything a command can answer; what does not apply is empty or 0.
struct outcome {
  std::vector<row_fate> fates;       ///< of an import, one per row, in order
  std::vector<row_refusal> rejected; ///< of an import, by growing index
  std::size_t categorized = 0;       ///< transactions that got a category
  std::size_t posted = 0;            ///< notifications, 0 where the key was known
  std::size_t changed = 0;           ///< what a user's own decision made different
};

} // namespace btpay
