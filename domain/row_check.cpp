#include "domain/row_check.hpp"

#include "domain/limits.hpp"
#include "domain/unicode.hpp"

#include <limits>
#include <set>
#include <string>
#include <utility>

namespace btpay {

namespace {

result<void> check_text(std::string_view name, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return refuse(errc::too_long, std::string(name) + " is longer than " + std::to_string(bytes_max) + " bytes");
  if (!is_utf8(text))
    return refuse(errc::invalid_value, std::string(name) + " is not UTF-8");
  return {};
}

/// A part of the transaction's identity.
result<void> check_identity(std::string_view name, std::string_view text, std::size_t bytes_max) {
  if (text.empty())
    return refuse(errc::missing_field,
                  std::string(name) + " is empty, so the transaction could not be told from others");
  return check_text(name, text, bytes_max);
}

result<void> check_values(const transaction& row) {
  if (row.mcc && *row.mcc > limits::mcc_max)
    return refuse(errc::invalid_value, "mcc is not a code of four digits");
  if (row.replaces && row.replaces->empty())
    return refuse(errc::invalid_value, "replaces is empty, so it names no transaction");
  if (row.date < limits::date_min || row.date >= limits::date_end)
    return refuse(errc::invalid_date, "date is outside the years 1970 to 2200");
  if (row.amount.minor == std::numeric_limits<std::int64_t>::min())
    return refuse(errc::amount_overflow, "amount is not above -2^63 minor units");
  return {};
}

} // namespace

result<void> check_row(const transaction& row) {
  return check_identity("source", row.source, limits::source_bytes_max)
      .and_then([&] { return check_identity("external_id", row.external_id, limits::external_id_bytes_max); })
      .and_then([&] { return check_text("description", row.description, limits::description_bytes_max); })
      .and_then([&] { return check_text("merchant", row.merchant.value_or(""), limits::merchant_bytes_max); })
      .and_then([&] { return check_text("category", row.category.value_or(""), limits::category_bytes_max); })
      .and_then([&] { return check_text("replaces", row.replaces.value_or(""), limits::external_id_bytes_max); })
      .and_then([&] { return check_values(row); });
}

result<void> check_category(std::string_view category) {
  if (category.empty())
    return refuse(errc::invalid_value, "category is empty");
  return check_text("category", category, limits::category_bytes_max);
}

result<void> check_alerts(const alerts_set& wanted) {
  if (wanted.large_from && wanted.large_from->minor <= 0)
    return refuse(errc::invalid_value, "large_from is not above 0");
  if (wanted.budgets.size() > limits::budgets_max)
    return refuse(errc::invalid_value, "more than " + std::to_string(limits::budgets_max) + " budgets");
  std::set<std::pair<std::string_view, currency>> seen;
  for (const auto& each : wanted.budgets) {
    if (auto checked = check_category(each.category); !checked)
      return checked;
    if (each.limit.minor < 0)
      return refuse(errc::invalid_value, "a budget is below 0");
    if (!seen.emplace(each.category, each.limit.unit).second)
      return refuse(errc::invalid_value, "two budgets of one category and currency");
  }
  return {};
}

} // namespace btpay
