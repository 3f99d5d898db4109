/// Amounts: what is read is exact, and reads the same when it was written. Input: three letters of a currency, then the
/// number.

#include "domain/money.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace btpay;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const auto unit = currency::parse(fuzz::take(rest, 3));
  if (!unit)
    return 0;
  const auto amount = parse_money(rest, *unit);
  if (!amount)
    return 0;
  fuzz::must(parse_money(to_decimal(*amount), *unit) == *amount);
  fuzz::must(magnitude(amount->minor) >= 0);
  return 0;
}
