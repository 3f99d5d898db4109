#pragma once
/// A card payment as the bank tells it.

#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

/// Where a transaction stands for the user: `pending` is imported and not yet categorised, `synced` is in the books.
/// The other two are kept and never counted.
enum class transaction_status : std::uint8_t { pending, synced, duplicated, ignored };

/// Where it stands at the bank. An axis of its own: a payment may be pending at the bank and already categorised.
enum class bank_status : std::uint8_t { booked, pending };

std::string_view to_string(transaction_status) noexcept;
std::string_view to_string(bank_status) noexcept;
result<transaction_status> parse_transaction_status(std::string_view);
result<bank_status> parse_bank_status(std::string_view);

/// What a source says of one transaction. `(user, source, external_id)` is its identity.
struct transaction {
  std::string source;
  std::string external_id;
  instant date{};
  money amount;                        ///< signed as on a statement
  std::string description;             ///< as printed by the bank, never changed; may be empty
  std::optional<std::string> merchant; ///< where the source names it apart
  std::optional<std::uint16_t> mcc;    ///< ISO 18245 merchant category code
  bank_status bank = bank_status::booked;
  transaction_status status = transaction_status::pending;
  std::optional<std::string> category; ///< where the source brings one
  bool linked = false;                 ///< already joined to a booking elsewhere; never categorised by itself
  /// Of a booked transaction: the external id, at the same source, of the pending one that it takes the place of.
  std::optional<std::string> replaces{};

  friend bool operator==(const transaction&, const transaction&) = default;
};

} // namespace btpay
