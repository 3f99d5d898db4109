#include "domain/currency_table.hpp"
#include "domain/money.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

using namespace btpay;

namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();

currency in(std::string_view code) {
  const auto unit = currency::parse(code);
  REQUIRE(unit);
  return *unit;
}

std::int64_t minor_of(std::string_view text, std::string_view code = "RON") {
  const auto amount = parse_money(text, in(code));
  INFO(text);
  REQUIRE(amount);
  CHECK(amount->unit == in(code));
  return amount->minor;
}

errc refusal_of(std::string_view text, std::string_view code = "RON") {
  const auto amount = parse_money(text, in(code));
  INFO(text);
  REQUIRE_FALSE(amount);
  return amount.error().code;
}

/// The outcome in the simplest way: write the number out in full, then look at it.
struct written_out {
  bool fits_currency = true;
  std::optional<std::int64_t> minor; ///< none where it does not fit
};

written_out write_out(bool negative, std::string whole, std::string fraction, int exponent, int decimals) {
  for (; exponent > 0; --exponent) {
    whole += fraction.empty() ? '0' : fraction.front();
    fraction.erase(0, 1);
  }
  for (; exponent < 0; ++exponent) {
    fraction.insert(fraction.begin(), whole.empty() ? '0' : whole.back());
    if (!whole.empty())
      whole.pop_back();
  }
  fraction.resize(std::max(fraction.size(), static_cast<std::size_t>(decimals)), '0');
  const auto kept = fraction.substr(0, static_cast<std::size_t>(decimals));
  if (fraction.find_first_not_of('0', kept.size()) != std::string::npos)
    return {false, std::nullopt};
  auto digits = whole + kept;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty())
    return {true, 0};
  const auto most = std::to_string(largest);
  if (digits.size() > most.size() || (digits.size() == most.size() && digits > most))
    return {true, std::nullopt};
  return {true, negative ? -std::stoll(digits) : std::stoll(digits)};
}

std::string random_digits(testing::rng& random, std::size_t most) {
  std::string digits;
  for (auto n = random() % (most + 1); n > 0; --n)
    digits += static_cast<char>('0' + (random() % 2 == 0 ? 0 : random() % 10));
  return digits;
}

} // namespace

TEST_CASE("an amount is read exactly, with every form of number that JSON has") {
  CHECK(minor_of("12.30") == 1230);
  CHECK(minor_of("-12.3") == -1230);
  CHECK(minor_of("+12") == 1200);
  CHECK(minor_of("0") == 0);
  CHECK(minor_of("-0.00") == 0);
  CHECK(minor_of("1e2") == 10'000);
  CHECK(minor_of("1.50E+1") == 1500);
  CHECK(minor_of("1234e-2") == 1234);
  CHECK(minor_of("1200e-4") == 12);
  CHECK(minor_of("12.3000000000000000000000000000") == 1230);
  CHECK(minor_of("0.1") + minor_of("0.2") == minor_of("0.3"));
  CHECK(minor_of("0e999999999999999999999") == 0);
  CHECK(minor_of("0.000e-999999999999999999999") == 0);
  CHECK(minor_of("0.00000000000000000000000000000001e31") == 10);
  CHECK(minor_of("500", "JPY") == 500);
  CHECK(minor_of("500.0", "JPY") == 500);
  CHECK(minor_of("1.234", "KWD") == 1234);
  CHECK(minor_of("1.2345", "CLF") == 12345);
}

TEST_CASE("what is not a decimal number is refused as an invalid amount") {
  for (const auto* text :
       {"",    "-",    "+",   "+-1", "--1", ".5",    "5.",    "1.e2", "1e",       "1e+",   "e5",       "012",
        "-00", "0x10", "1,5", "1 ",  " 1",  "1.2.3", "1e2.5", "NaN",  "Infinity", "1_000", "\xd9\xa1", "12.30RON"})
    CHECK(refusal_of(text) == errc::invalid_amount);
}

TEST_CASE("digits that the currency does not have are refused, not rounded") {
  CHECK(refusal_of("0.001") == errc::invalid_amount);
  CHECK(refusal_of("12.305") == errc::invalid_amount);
  CHECK(refusal_of("1e-3") == errc::invalid_amount);
  CHECK(refusal_of("1e-999999999999999999999") == errc::invalid_amount);
  CHECK(refusal_of("0.5", "JPY") == errc::invalid_amount);
  CHECK(refusal_of("0.0001", "KWD") == errc::invalid_amount);
}

TEST_CASE("an amount of 2^63 minor units or more is refused as overflow, in both directions") {
  CHECK(minor_of("92233720368547758.07") == largest);
  CHECK(minor_of("-92233720368547758.07") == -largest);
  CHECK(refusal_of("92233720368547758.08") == errc::amount_overflow);
  CHECK(refusal_of("-92233720368547758.08") == errc::amount_overflow);
  CHECK(refusal_of("1e18") == errc::amount_overflow);
  CHECK(refusal_of("1e999999999999999999999") == errc::amount_overflow);
  CHECK(refusal_of(std::string(100'000, '9')) == errc::amount_overflow);
  CHECK(minor_of("9223372036854775807", "JPY") == largest);
  CHECK(refusal_of("9223372036854775808", "JPY") == errc::amount_overflow);
}

TEST_CASE("reading any number agrees with writing it out in full") {
  BTPAY_SEEDED(random);
  const auto currencies = std::to_array<std::string_view>({"JPY", "RON", "KWD", "CLF"});
  for (auto i = 0; i < 120'000; ++i) {
    const auto unit = in(currencies[random() % currencies.size()]);
    auto whole = random_digits(random, 20);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    if (whole.empty())
      whole = "0";
    const auto fraction = random_digits(random, 8);
    const auto exponent = random() % 2 == 0 ? 0 : static_cast<int>(random() % 40) - 20;
    const auto negative = random() % 2 == 0;

    auto text = (negative ? "-" : random() % 2 == 0 ? "" : "+") + whole;
    if (!fraction.empty())
      text += "." + fraction;
    if (exponent != 0 || random() % 4 == 0)
      text += (random() % 2 == 0 ? "e" : "E") +
              std::string(exponent < 0        ? ""
                          : random() % 2 == 0 ? "+"
                                              : "") +
              std::to_string(exponent);

    const auto expected = write_out(negative, whole, fraction, exponent, unit.exponent());
    const auto amount = parse_money(text, unit);
    INFO(text << " " << unit.code());
    if (amount) {
      REQUIRE(expected.minor == amount->minor);
      REQUIRE(parse_money(to_decimal(*amount), unit) == *amount);
    } else {
      REQUIRE_FALSE(expected.minor);
      REQUIRE(amount.error().code == (expected.fits_currency ? errc::amount_overflow : errc::invalid_amount));
    }
  }
}

TEST_CASE("an amount is written with all digits of its currency") {
  CHECK(to_decimal({-1230, in("RON")}) == "-12.30");
  CHECK(to_decimal({0, in("RON")}) == "0.00");
  CHECK(to_decimal({5, in("RON")}) == "0.05");
  CHECK(to_decimal({-50, in("RON")}) == "-0.50");
  CHECK(to_decimal({500, in("JPY")}) == "500");
  CHECK(to_decimal({-7, in("KWD")}) == "-0.007");
  CHECK(to_decimal({12345, in("CLF")}) == "1.2345");
  CHECK(to_decimal({std::numeric_limits<std::int64_t>::min(), in("RON")}) == "-92233720368547758.08");
}

TEST_CASE("a currency is one of ISO 4217, in any case") {
  CHECK(in("ron").code() == "RON");
  CHECK(in("Eur").exponent() == 2);
  CHECK(currency{} == in("RON"));
  CHECK(in("JPY").exponent() == 0);
  CHECK(in("KWD").exponent() == 3);
  CHECK(in("CLF").exponent() == 4);
  for (const auto* text : {"", "RO", "RONN", "XXX", "XAU", "ABC", "R N", "R\xc8\x9a"}) {
    const auto unit = currency::parse(text);
    REQUIRE_FALSE(unit);
    CHECK(unit.error().code == errc::invalid_currency);
  }
}

TEST_CASE("every currency of the table is found, and the table is sorted") {
  CHECK(std::ranges::adjacent_find(iso_4217::table, std::ranges::greater_equal{}, &iso_4217::entry::code) ==
        iso_4217::table.end());
  for (const auto& entry : iso_4217::table) {
    const auto unit = currency::parse(entry.code);
    REQUIRE(unit);
    CHECK(unit->code() == entry.code);
    CHECK(unit->exponent() == entry.exponent);
  }
}

TEST_CASE("a sum that does not fit stays as it was") {
  std::int64_t sum = largest - 1;
  CHECK(add_checked(sum, 1));
  CHECK(sum == largest);
  CHECK_FALSE(add_checked(sum, 1));
  CHECK(sum == largest);
  sum = -largest;
  CHECK(add_checked(sum, -1));
  CHECK_FALSE(add_checked(sum, -1));
}

TEST_CASE("a magnitude has no sign, and never overflows") {
  CHECK(magnitude(-5) == 5);
  CHECK(magnitude(5) == 5);
  CHECK(magnitude(0) == 0);
  CHECK(magnitude(-largest) == largest);
  CHECK(magnitude(std::numeric_limits<std::int64_t>::min()) == largest);
}
