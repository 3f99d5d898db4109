#pragma once
/// Reads what sources send: the ingestion form of docs/PROTOCOL.md, as one object, as `{"transactions":[…]}` or as
/// NDJSON. Amounts are taken from their text, so a JSON number is as exact as a string. Pure; no CAF.

#include "domain/command.hpp"
#include "domain/errc.hpp"
#include "domain/event.hpp"
#include "domain/transaction.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace btpay {

/// One row as it was sent.
struct ingestion_row {
  std::string user; ///< whose it is; empty where the row does not say
  /// A transaction; or what a source withdraws (`"withdrawn":true`); or an account of the user (`{"account":{…}}`,
  /// NDJSON only); or why it is none of these.
  std::variant<transaction, transaction_key, account_opened, refusal> content;
};

enum class ingestion_format : std::uint8_t {
  json,   ///< one document: an object of a row's members, `{"transactions":[…]}`, or an array of rows
  ndjson, ///< one row a line; blank lines are skipped
};

/// Total: any bytes give rows or a reason. A row that is wrong is a row with a refusal and spoils no other; a document
/// that is not JSON, nests too deep or has more than `rows_max` rows is refused as a whole. In NDJSON a line that is
/// not JSON is only a wrong row.
result<std::vector<ingestion_row>> parse_ingestion(std::string_view body, ingestion_format format,
                                                   std::size_t rows_max);

} // namespace btpay
