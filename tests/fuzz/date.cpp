/// Moments in RFC 3339: what is read reads the same when it was written.

#include "domain/time.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace btpay;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto when = parse_rfc3339(fuzz::text_of(data, size))) {
    const auto text = to_rfc3339(*when);
    fuzz::must(text.size() <= rfc3339_bytes_max);
    fuzz::must(parse_rfc3339(text) == *when);
  }
  return 0;
}
