/// Records of the log: any bytes are a record or a reason. The checksum of the input is made right first, since a
/// fuzzer would never guess it; the first byte tells whether it is left as it is.

#include "storage/crc32c.hpp"
#include "storage/record_codec.hpp"
#include "storage/record_format.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstring>
#include <string>

using namespace btpay;

namespace {

void mend_checksum(std::string& record) {
  constexpr auto end = record_offset::checksum + sizeof(std::uint32_t);
  const std::string_view text(record);
  const auto sum = extend_crc32c(extend_crc32c(0, text.substr(0, record_offset::checksum)), text.substr(end));
  std::memcpy(record.data() + record_offset::checksum, &sum, sizeof sum);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  const auto mode = fuzz::take(rest, 1);
  std::string record(rest);
  if (record.size() >= record_header_bytes && mode != "0")
    mend_checksum(record);
  static_cast<void>(peek_links(record));
  static_cast<void>(peek_user(record));
  static_cast<void>(read_header(record));
  record_decoder decoder;
  recorded_event event;
  if (decoder.decode(record, event))
    fuzz::must(read_header(record).has_value());
  return 0;
}
