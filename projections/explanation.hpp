#pragma once
/// "Why this number?": the transactions behind a number of a view, and that they add up to it.

#include "domain/errc.hpp"
#include "domain/ids.hpp"
#include "projections/book.hpp"
#include "projections/projection.hpp"

#include <cstddef>
#include <string>

namespace btpay {

inline constexpr std::size_t explained_rows_max = 500;         ///< that one answer lists
inline constexpr std::size_t explained_bytes_max = 96 * 1'024; ///< after which it lists no more: an outbox must hold it

struct explain_selection {
  view_kind view{};
  std::string field;       ///< as in docs/PROTOCOL.md
  std::size_t limit = 100; ///< rows to list
  transaction_id after{};  ///< only what is listed after this one; 0 from the first
};

/// Gives `"value":…,"currency":…,"count":…,"amounts":{…},"transactions":[…],"next":…` as the members of an object: what
/// the view of the same events would say at `now`. `policy` is the book's. Costs the rows of the stretch of time that
/// the number is of.
result<std::string> explain(const book& all, const view_policy& policy, const explain_selection& asked, instant now);

} // namespace btpay
