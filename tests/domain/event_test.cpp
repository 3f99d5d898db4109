#include "domain/event.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <string>
#include <utility>

using namespace btpay;

namespace {

template <std::size_t... I>
std::array<event, sizeof...(I)> one_of_each(std::index_sequence<I...>) {
  return {event(std::in_place_index<I>)...};
}

} // namespace

TEST_CASE("every type of event has a name of its own, which never changes") {
  std::set<std::string_view> names;
  for (const auto& each : one_of_each(std::make_index_sequence<std::variant_size_v<event>>{}))
    names.insert(type_name(each));
  CHECK(names == std::set<std::string_view>{"user_opened", "account_opened", "transaction_imported",
                                            "transaction_corrected", "transaction_removed", "transaction_categorized",
                                            "transaction_uncategorized", "notification_posted", "transaction_restored",
                                            "transaction_matched", "transaction_unmatched", "match_questioned",
                                            "match_declined", "merchant_remembered", "merchant_forgotten",
                                            "notification_cleared", "alerts_set"});
  CHECK(type_name(transaction_corrected{}) == "transaction_corrected");
  CHECK(type_name(notification_posted{}) == "notification_posted");
}

TEST_CASE("an event about a transaction is valid at its date, every other one when it was recorded") {
  const instant recorded{std::chrono::seconds{1'000}};
  const instant date{std::chrono::seconds{7}};
  transaction data;
  data.date = date;
  CHECK(valid_time(transaction_imported{data}, recorded) == date);
  CHECK(valid_time(transaction_corrected{transaction_id{1}, data}, recorded) == date);
  CHECK(valid_time(transaction_categorized{}, recorded) == recorded);
  CHECK(valid_time(user_opened{}, recorded) == recorded);
  CHECK(valid_time(notification_posted{}, recorded) == recorded);
}

TEST_CASE("statuses and levels are read as they are written") {
  for (const auto status : {transaction_status::pending, transaction_status::synced, transaction_status::duplicated,
                            transaction_status::ignored})
    CHECK(parse_transaction_status(to_string(status)) == status);
  for (const auto status : {bank_status::booked, bank_status::pending})
    CHECK(parse_bank_status(to_string(status)) == status);
  for (const auto level :
       {notification_level::info, notification_level::success, notification_level::warning, notification_level::error})
    CHECK(parse_notification_level(to_string(level)) == level);
  CHECK(to_string(transaction_status::duplicated) == "duplicated");
  CHECK(to_string(bank_status::booked) == "booked");
  CHECK(to_string(notification_level::warning) == "warning");
}

TEST_CASE("a status or level that does not exist is refused as an invalid value") {
  for (const auto* text : {"", "Pending", "paid", "pending "}) {
    CHECK(parse_transaction_status(text).error().code == errc::invalid_value);
    CHECK(parse_bank_status(text).error().code == errc::invalid_value);
    CHECK(parse_notification_level(text).error().code == errc::invalid_value);
  }
}

TEST_CASE("every reason for a refusal has a wire spelling of its own") {
  std::set<std::string_view> spellings;
  constexpr auto reasons = static_cast<int>(errc::unsupported_version) + 1;
  for (auto i = 0; i < reasons; ++i)
    spellings.insert(to_string(static_cast<errc>(i)));
  CHECK(spellings.size() == static_cast<std::size_t>(reasons));
  CHECK(spellings.count("unknown") == 0);
  CHECK(to_string(errc::invalid_amount) == "invalid_amount");
  CHECK(to_string(static_cast<errc>(999)) == "unknown");
}
