/// Messages of clients, and rows of sources.

#include "actors/client_command.hpp"
#include "actors/ingestion.hpp"
#include "actors/notification_form.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace btpay;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  fuzz::must(read_client_request(text).ref.size() <= ref_bytes_max);
  static_cast<void>(parse_notification(std::string(text)));
  constexpr std::size_t rows_max = 8;
  for (const auto format : {ingestion_format::json, ingestion_format::ndjson})
    if (const auto rows = parse_ingestion(text, format, rows_max))
      fuzz::must(rows->size() <= rows_max);
  return 0;
}
