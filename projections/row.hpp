#pragma once
/// One transaction as the views remember it: what is summed and listed, 32 bytes, texts as numbers.

#include "domain/money.hpp"
#include "domain/time.hpp"
#include "domain/transaction.hpp"

#include <cstdint>

namespace btpay {

/// A text of a `name_table`; below `names_max`, which is more than there is memory for rows with so many names.
enum class name_id : std::uint32_t {};
inline constexpr std::uint32_t names_max = 1U << 26U;

/// A transaction's place in its ledger: the order of import. Never reused, so that it outlives corrections.
enum class slot : std::uint32_t {};

/// Wide enough for the sum of 2^32 amounts of any size, also as ten-thousandths.
__extension__ typedef __int128 wide;

struct row {
  instant date{};
  std::int64_t minor = 0; ///< signed as on a statement
  currency unit;
  name_id merchant : 30 = {};
  transaction_status told : 2 = transaction_status::pending; ///< as its source put it
  name_id category : 29 = {};                                ///< the source's, else what the rules say
  bool withdrawn : 1 = false;                                ///< by its source, for good
  bool replaced : 1 = false;                                 ///< a booked one took its place
  bool held : 1 = false;                                     ///< on the review list
  name_id decided : 26 = {}; ///< what the user or a booking decided; goes before `category`
  transaction_status status : 2 = transaction_status::pending;
  bool counted : 1 = false;
  bool is_decided : 1 = false; ///< its status is a decision, which corrections leave alone
  bool pending_at_bank : 1 = false;
  bool removed : 1 = false; ///< by the user
};
static_assert(sizeof(row) == 32);

inline name_id category_of(const row& r) noexcept { return r.decided != name_id{} ? r.decided : r.category; }

/// Whether it is part of any view: neither gone, nor counted as another row, nor on the review list.
inline bool is_shown(const row& r) noexcept { return !r.removed && !r.withdrawn && !r.replaced && !r.held; }

/// Whether it is in the pending list.
inline bool is_waiting(const row& r) noexcept { return r.counted && r.status == transaction_status::pending; }

/// Whether it is in the books.
inline bool is_synced(const row& r) noexcept { return r.status == transaction_status::synced; }

/// Whether it is part of what was spent.
inline bool is_spent(const row& r) noexcept { return r.counted && is_synced(r); }

/// How an amount goes into a sum: spending is positive and a refund negative, or both positive.
enum class measure : std::uint8_t { spending, magnitude };

inline wide measured(const row& r, measure how) noexcept {
  const wide spent = -wide{r.minor};
  return how == measure::magnitude && spent < 0 ? -spent : spent;
}

} // namespace btpay
