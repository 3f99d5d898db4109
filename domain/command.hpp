#pragma once
/// What a user's stream can be asked to do: the closed set of commands, and what each answers.

#include "domain/event.hpp"

#include <cstddef>
#include <cstdint>
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

/// Takes what a source tells. Answers `import_outcome`.
struct import_transactions {
  std::vector<transaction> rows;
};

/// Books every pending transaction whose category the rules know. Answers `categorize_outcome`.
struct auto_categorize {};

/// Answers `notify_outcome`.
struct post_notification {
  notification_posted notification;
};

using command = std::variant<open_user, open_account, import_transactions, auto_categorize, post_notification>;

/// What became of one row of an import.
enum class row_fate : std::uint8_t { accepted, corrected, duplicate, rejected };

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
};

} // namespace btpay
