#include "domain/limits.hpp"
#include "domain/row_check.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace btpay;

namespace {

transaction good_row() {
  transaction row;
  row.source = "bank";
  row.external_id = "1";
  row.date = limits::date_min;
  return row;
}

errc refusal_of(const transaction& row) {
  const auto checked = check_row(row);
  REQUIRE_FALSE(checked);
  return checked.error().code;
}

} // namespace

TEST_CASE("a row that has its identity and nothing else is fine") { CHECK(check_row(good_row())); }

TEST_CASE("a row without source or external id is refused as missing a field") {
  auto row = good_row();
  row.source.clear();
  CHECK(refusal_of(row) == errc::missing_field);
  row = good_row();
  row.external_id.clear();
  CHECK(refusal_of(row) == errc::missing_field);
  CHECK(check_row(row).error().message.substr(0, 11) == "external_id");
}

TEST_CASE("texts of a row may be as long as their limit and not one byte longer, and must be UTF-8") {
  const auto check = [](auto field, std::size_t bytes_max) {
    auto row = good_row();
    field(row) = std::string(bytes_max, 'x');
    CHECK(check_row(row));
    field(row) = std::string(bytes_max + 1, 'x');
    CHECK(refusal_of(row) == errc::too_long);
    for (const auto* text : {"\xff", "x\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"}) {
      field(row) = text;
      CHECK(refusal_of(row) == errc::invalid_value);
    }
    field(row) = "\xc8\x9b\xf0\x9f\x92\xb3";
    CHECK(check_row(row));
  };
  check([](transaction& row) -> std::string& { return row.source; }, limits::source_bytes_max);
  check([](transaction& row) -> std::string& { return row.external_id; }, limits::external_id_bytes_max);
  check([](transaction& row) -> std::string& { return row.description; }, limits::description_bytes_max);
  check(
      [](transaction & row) -> auto& { return row.merchant; }, limits::merchant_bytes_max);
  check(
      [](transaction & row) -> auto& { return row.category; }, limits::category_bytes_max);
}

TEST_CASE("the date of a row is in the years 1970 to 2200") {
  auto row = good_row();
  row.date = *parse_rfc3339("1970-01-01T00:00:00Z");
  CHECK(check_row(row));
  row.date -= duration{1};
  CHECK(refusal_of(row) == errc::invalid_date);
  row.date = *parse_rfc3339("2200-12-31T23:59:59.999999Z");
  CHECK(check_row(row));
  row.date += duration{1};
  CHECK(refusal_of(row) == errc::invalid_date);
}

TEST_CASE("a merchant category code has four digits, and an amount has a magnitude") {
  auto row = good_row();
  row.mcc = limits::mcc_max;
  CHECK(check_row(row));
  row.mcc = 10'000;
  CHECK(refusal_of(row) == errc::invalid_value);
  row = good_row();
  row.amount.minor = std::numeric_limits<std::int64_t>::min() + 1;
  CHECK(check_row(row));
  row.amount.minor = std::numeric_limits<std::int64_t>::min();
  CHECK(refusal_of(row) == errc::amount_overflow);
}
