#include "domain/transaction.hpp"

#include <array>

namespace btpay {

namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> transaction_statuses = {"pending", "synced", "duplicated", "ignored"};
constexpr std::array<std::string_view, 2> bank_statuses = {"booked", "pending"};

} // namespace

std::string_view to_string(transaction_status status) noexcept {
  return transaction_statuses[static_cast<std::size_t>(status)];
}

std::string_view to_string(bank_status status) noexcept { return bank_statuses[static_cast<std::size_t>(status)]; }

result<transaction_status> parse_transaction_status(std::string_view text) {
  for (std::size_t i = 0; i < transaction_statuses.size(); ++i)
    if (transaction_statuses[i] == text)
      return static_cast<transaction_status>(i);
  return refuse(errc::invalid_value, "status must be pending, synced, duplicated or ignored");
}

result<bank_status> parse_bank_status(std::string_view text) {
  for (std::size_t i = 0; i < bank_statuses.size(); ++i)
    if (bank_statuses[i] == text)
      return static_cast<bank_status>(i);
  return refuse(errc::invalid_value, "bank_status must be booked or pending");
}

} // namespace btpay
