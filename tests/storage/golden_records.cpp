/// The bytes of one record of every event type, as they are on disks out there. A failure here means that old logs
/// would be read differently: raise the schema version instead, and add files of the new one.

#include "storage/record_codec.hpp"
#include "tests/storage/random_events.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

struct golden_record {
  record_header header;
  event what;

  std::filesystem::path path() const {
    return std::filesystem::path{BTPAY_GOLDEN_DIR} / "log" / "v1" / (std::string{type_name(what)} + ".bin");
  }
};

instant at(const char* rfc3339) { return *parse_rfc3339(rfc3339); }

/// Every optional member present, text beyond ASCII, no two numbers alike.
transaction full_transaction() {
  transaction t;
  t.source = "bt";
  t.external_id = "2026-02-04-000123";
  t.date = at("2026-02-04T14:35:27.123456Z");
  t.amount = {-25'50, *currency::parse("EUR")};
  t.description = "BT Pay - Cofetăria Țepeș, București";
  t.merchant = "Cofetăria Țepeș";
  t.mcc = std::uint16_t{5812};
  t.bank = bank_status::pending;
  t.status = transaction_status::ignored;
  t.category = "food";
  t.linked = true;
  return t;
}

transaction bare_transaction() {
  transaction t;
  t.source = "csv";
  t.external_id = "1";
  t.date = at("1969-12-31T23:59:59Z"); // below zero
  t.amount = {1, currency{}};
  return t;
}

std::vector<golden_record> golden_records() {
  const std::vector<event> events{
      user_opened{"ana", "Europe/Bucharest", *currency::parse("RON")},
      account_opened{"Cont curent", *currency::parse("USD"), at("2025-12-01T08:00:00Z")},
      transaction_imported{full_transaction()},
      transaction_corrected{transaction_id{3}, bare_transaction()},
      transaction_removed{transaction_id{3}},
      transaction_categorized{transaction_id{3}, "groceries", transaction_categorized::author::user},
      transaction_uncategorized{transaction_id{3}},
      notification_posted{"Plată de 12,50 lei", notification_level::warning, money{12'50, *currency::parse("RON")},
                          R"({"link":"/a"})", "key-1"},
  };
  std::vector<golden_record> records;
  chain_hash before{};
  for (const auto& what : events) {
    const auto place = 0x0102'0304'0506'0700 + records.size(); // shows the order of bytes
    const auto recorded_at = at("2026-02-04T15:00:00.000001Z");
    records.push_back({.header = {.at = position{place},
                                  .previous = position{place - 1},
                                  .user = user_id{0x1112'1314},
                                  .recorded_at = recorded_at,
                                  .valid_at = valid_time(what, recorded_at),
                                  .hash_before = before},
                       .what = what});
    before = hash_of(record_encoder{}.encode(records.back().header, what));
  }
  return records;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  INFO(path);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("every event is encoded as the golden files say") {
  for (const auto& golden : golden_records()) {
    INFO(golden.path());
    CHECK(record_encoder{}.encode(golden.header, golden.what) == content_of(golden.path()));
  }
}

TEST_CASE("every golden file decodes to its event") {
  const auto records = golden_records();
  CHECK(records.size() == std::variant_size_v<event>);
  for (const auto& golden : records) {
    INFO(golden.path());
    const auto bytes = content_of(golden.path());
    recorded_event seen;
    REQUIRE(record_decoder{}.decode(bytes, seen));
    CHECK(seen.body == golden.what);
    CHECK(seen.at == golden.header.at);
    CHECK(read_header(bytes) == golden.header);
  }
}

// Hidden: changing a golden file is a decision.
TEST_CASE("golden files are written for events that have none", "[.write]") {
  for (const auto& golden : golden_records()) {
    if (std::filesystem::exists(golden.path()))
      continue;
    std::filesystem::create_directories(golden.path().parent_path());
    std::ofstream{golden.path(), std::ios::binary} << record_encoder{}.encode(golden.header, golden.what);
  }
  SUCCEED();
}
