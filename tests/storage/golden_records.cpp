/// The bytes of one record of every event type, as they are on disks out there. A failure here means that old logs
/// would be read differently: raise the schema version instead, and add files of the new one.

#include "storage/event_layout.hpp"
#include "storage/record_codec.hpp"
#include "tests/storage/random_events.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

struct golden_record {
  record_header header;
  event what;
  std::uint16_t schema;

  std::filesystem::path path() const {
    const auto version = schema == 1 ? std::string{} : ".v" + std::to_string(schema);
    return std::filesystem::path{BTPAY_GOLDEN_DIR} / "log" / "v1" / (std::string{type_name(what)} + version + ".bin");
  }
};

std::uint16_t written_schema(const event& what) {
  return std::visit([]<class Event>(const Event&) { return schema_version_of<Event>; }, what);
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

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

struct versioned_event {
  event what;
  std::uint16_t schema = 1;
};

/// In the order of the chain: new ones at the end only. What an old version lacks is what it meant then.
std::vector<versioned_event> versioned_events() {
  const transaction_id third{3};
  const transaction_id fifth{5};
  auto replacing = full_transaction();
  replacing.bank = bank_status::booked;
  replacing.replaces = "2026-02-04-000122";
  notification_posted posted{"Plată de 12,50 lei", notification_level::warning, money{12'50, *currency::parse("RON")},
                             R"({"link":"/a"})", "key-1"};
  auto expiring = posted;
  expiring.expires_at = at("2026-02-05T00:00:00Z");
  const auto ron = *currency::parse("RON");
  return {
      {user_opened{"ana", "Europe/Bucharest", ron}},
      {account_opened{"Cont curent", *currency::parse("USD"), at("2025-12-01T08:00:00Z")}},
      {transaction_imported{full_transaction()}},
      {transaction_corrected{third, bare_transaction()}},
      {transaction_removed{third, transaction_removed::author::source}},
      {transaction_categorized{third, "groceries", transaction_categorized::author::user}},
      {transaction_uncategorized{third}},
      {posted},
      {transaction_imported{replacing}, 2},
      {transaction_corrected{third, bare_transaction()}, 2},
      {transaction_removed{third, transaction_removed::author::user}, 2},
      {expiring, 2},
      {transaction_restored{third}},
      {transaction_matched{fifth, third, transaction_matched::author::user}},
      {transaction_unmatched{fifth, third}},
      {match_questioned{fifth, {third, transaction_id{4}}}},
      {match_declined{fifth}},
      {merchant_remembered{"cofetaria tepes", "sweets"}},
      {merchant_forgotten{"cofetaria tepes"}},
      {notification_cleared{notification_id{8}, notification_cleared::manner::read}},
      {alerts_set{money{1'000'00, ron}, {{"food", {500'00, ron}}, {"travel", {0, *currency::parse("EUR")}}}, true}},
  };
}

/// A record of an older version is chained by what its file holds, since nothing writes that version any more.
std::vector<golden_record> golden_records() {
  std::vector<golden_record> records;
  chain_hash before{};
  for (const auto& [what, schema] : versioned_events()) {
    const auto place = 0x0102'0304'0506'0700 + records.size(); // shows the order of bytes
    const auto recorded_at = at("2026-02-04T15:00:00.000001Z");
    records.push_back({.header = {.at = position{place},
                                  .previous = position{place - 1},
                                  .user = user_id{0x1112'1314},
                                  .recorded_at = recorded_at,
                                  .valid_at = valid_time(what, recorded_at),
                                  .hash_before = before},
                       .what = what,
                       .schema = schema});
    const auto& made = records.back();
    before = schema == written_schema(what) ? hash_of(record_encoder{}.encode(made.header, what))
                                            : hash_of(content_of(made.path()));
  }
  return records;
}

} // namespace

TEST_CASE("every event is encoded as the golden files say") {
  std::set<std::size_t> written;
  for (const auto& golden : golden_records()) {
    if (golden.schema != written_schema(golden.what))
      continue;
    written.insert(golden.what.index());
    INFO(golden.path());
    CHECK(record_encoder{}.encode(golden.header, golden.what) == content_of(golden.path()));
  }
  CHECK(written.size() == std::variant_size_v<event>);
}

TEST_CASE("every golden file decodes to its event") {
  for (const auto& golden : golden_records()) {
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
    if (std::filesystem::exists(golden.path()) || golden.schema != written_schema(golden.what))
      continue;
    std::filesystem::create_directories(golden.path().parent_path());
    std::ofstream{golden.path(), std::ios::binary} << record_encoder{}.encode(golden.header, golden.what);
  }
  SUCCEED();
}
