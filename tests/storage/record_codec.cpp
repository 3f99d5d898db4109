#include "storage/record_codec.hpp"

#include "storage/crc32c.hpp"
#include "tests/storage/random_events.hpp"

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

record_header random_header(rng& random) {
  record_header header{.at = position{random()},
                       .previous = position{random()},
                       .user = user_id{random()},
                       .recorded_at = random_instant(random),
                       .valid_at = random_instant(random),
                       .hash_before = {}};
  for (auto& byte : header.hash_before)
    byte = static_cast<unsigned char>(random());
  return header;
}

/// Makes damage look intended, to get at what is behind the checksum.
void mend_checksum(std::string& record) {
  const std::string_view bytes{record};
  const auto crc = extend_crc32c(extend_crc32c(0, bytes.substr(0, record_offset::checksum)),
                                 bytes.substr(record_offset::checksum + 4));
  std::memcpy(record.data() + record_offset::checksum, &crc, sizeof crc);
}

std::uint16_t schema_of(std::string_view record) {
  std::uint16_t schema = 0;
  std::memcpy(&schema, record.data() + record_offset::schema_version, sizeof schema);
  return schema;
}

std::string encoded(const event& what, const record_header& header = {}) {
  return std::string{record_encoder{}.encode(header, what)};
}

/// Every place in the header and some in the body.
std::vector<std::size_t> places_in(const std::string& record, rng& random) {
  std::vector<std::size_t> places(record_header_bytes);
  std::iota(places.begin(), places.end(), std::size_t{0});
  for (int count = 0; count < 300; ++count)
    places.push_back(below(random, record.size()));
  return places;
}

errc refusal_of(std::string_view record) {
  recorded_event seen;
  const auto decoded = record_decoder{}.decode(record, seen);
  REQUIRE_FALSE(decoded);
  CHECK_FALSE(decoded.error().message.empty());
  return decoded.error().code;
}

} // namespace

TEST_CASE("any event comes back as it was, whatever was read before it") {
  BTPAY_SEEDED(random);
  record_encoder encoder;
  record_decoder decoder;
  recorded_event seen;
  for (int round = 0; round < 2000; ++round) {
    const auto what = random_event(random);
    const auto header = random_header(random);
    const auto record = encoder.encode(header, what);
    REQUIRE(decoder.decode(record, seen));
    REQUIRE(seen.body == what);
    REQUIRE(seen.at == header.at);
    REQUIRE(seen.previous == header.previous);
    REQUIRE(seen.user == header.user);
    REQUIRE(seen.recorded_at == header.recorded_at);
    REQUIRE(read_header(record) == header);
    REQUIRE(peek_links(record)->previous == header.previous);
    REQUIRE(peek_user(record) == header.user);
  }
}

TEST_CASE("any changed byte of a record is found") {
  BTPAY_SEEDED(random);
  for (int round = 0; round < 20; ++round) {
    const auto record = encoded(random_event(random), random_header(random));
    for (const auto at : places_in(record, random)) {
      auto damaged = record;
      damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + below(random, 255)));
      recorded_event seen;
      REQUIRE_FALSE(record_decoder{}.decode(damaged, seen));
    }
  }
}

TEST_CASE("a record that is cut short anywhere is corrupt") {
  BTPAY_SEEDED(random);
  for (int round = 0; round < 20; ++round) {
    const auto record = encoded(random_event(random), random_header(random));
    for (const auto size : places_in(record, random))
      REQUIRE(refusal_of(record.substr(0, size)) == errc::corrupt_record);
  }
}

TEST_CASE("a body that is cut short under a right checksum is corrupt") {
  BTPAY_SEEDED(random);
  for (int round = 0; round < 50; ++round) {
    const auto record = encoded(random_event(random));
    auto cut = record.substr(0, record_header_bytes + below(random, record.size() - record_header_bytes));
    mend_checksum(cut);
    REQUIRE(refusal_of(cut) == errc::corrupt_record);
  }
}

TEST_CASE("bytes behind an event are corrupt") {
  auto record = encoded(note("a")) + '\0';
  mend_checksum(record);
  CHECK(refusal_of(record) == errc::corrupt_record);
}

TEST_CASE("random bytes under a right checksum give an event or a refusal") {
  BTPAY_SEEDED(random);
  record_decoder decoder;
  recorded_event seen;
  for (int round = 0; round < 5000; ++round) {
    auto record = encoded(random_event(random), random_header(random));
    for (std::size_t changes = 1 + below(random, 8); changes > 0; --changes)
      record[below(random, record.size())] = static_cast<char>(random());
    if (below(random, 2) == 0)
      record[record_offset::format_version] = 1;
    mend_checksum(record);
    if (decoder.decode(record, seen)) {
      const auto header = read_header(record);
      REQUIRE(header);
      const auto type = static_cast<std::uint8_t>(record[record_offset::event_type]);
      REQUIRE(type == seen.body.index() + 1);
    }
  }
  SUCCEED("nothing crashed");
}

TEST_CASE("what decodes is what encoding gives, so that no two records of one schema mean the same") {
  BTPAY_SEEDED(random);
  record_encoder encoder;
  record_decoder decoder;
  recorded_event seen, again;
  for (int round = 0; round < 5000; ++round) {
    auto record = encoded(random_event(random), random_header(random));
    record[below(random, record.size())] = static_cast<char>(random());
    mend_checksum(record);
    if (!decoder.decode(record, seen))
      continue;
    const std::string encoded_again{encoder.encode(*read_header(record), seen.body)};
    if (schema_of(record) == schema_of(encoded_again)) {
      REQUIRE(encoded_again == record);
    } else { // the damage names an older schema, in which the body has a meaning too
      REQUIRE(decoder.decode(encoded_again, again));
      REQUIRE(again.body == seen.body);
    }
  }
  SUCCEED("no other encoding was accepted");
}

TEST_CASE("a text that claims to be longer than its record takes no memory") {
  auto record = encoded(note("a"));
  std::memset(record.data() + record_header_bytes, 0xFF, 4); // the length of the message
  mend_checksum(record);
  CHECK(refusal_of(record) == errc::corrupt_record);
}

TEST_CASE("a list that claims to be longer than its record takes no memory") {
  auto record = encoded(match_questioned{transaction_id{1}, {transaction_id{2}}});
  std::memset(record.data() + record_header_bytes + 8, 0xFF, 4); // the number of candidates
  mend_checksum(record);
  CHECK(refusal_of(record) == errc::corrupt_record);
}

TEST_CASE("values out of their range are corrupt") {
  const auto with = [](const event& what, std::size_t offset, char value) {
    auto record = encoded(what);
    record[record_header_bytes + offset] = value;
    mend_checksum(record);
    return record;
  };
  const event categorized = transaction_categorized{transaction_id{7}, "food", {}};
  CHECK(refusal_of(with(categorized, 8 + 4 + 4, 2)) == errc::corrupt_record);                     // author
  CHECK(refusal_of(with(user_opened{"a", "b", {}}, 4 + 1 + 4 + 1, 'Q')) == errc::corrupt_record); // QON
  CHECK(refusal_of(with(user_opened{"a", "b", {}}, 4 + 1 + 4 + 1, 'r')) == errc::corrupt_record); // rON
  CHECK(refusal_of(with(note("a"), 4 + 5, 4)) == errc::corrupt_record);                           // level
  CHECK(refusal_of(with(note("a"), 4 + 5 + 1, 2)) == errc::corrupt_record); // whether there is an amount
}

TEST_CASE("what a newer version wrote is told apart from damage") {
  const auto with = [](std::size_t offset, char value) {
    auto record = encoded(note("a"));
    record[offset] = value;
    mend_checksum(record);
    return record;
  };
  CHECK(refusal_of(with(record_offset::format_version, 2)) == errc::unsupported_version);
  CHECK(refusal_of(with(record_offset::event_type, std::variant_size_v<event> + 1)) == errc::unsupported_version);
  CHECK(refusal_of(with(record_offset::schema_version, 3)) == errc::unsupported_version);
  CHECK(refusal_of(with(record_offset::key, 1)) == errc::unsupported_version);
  CHECK(refusal_of(with(record_offset::flags, 1)) == errc::unsupported_version);
  CHECK(refusal_of(with(record_offset::format_version, 0)) == errc::corrupt_record);
  CHECK(refusal_of(with(record_offset::event_type, 0)) == errc::corrupt_record);
  CHECK(refusal_of(with(record_offset::schema_version, 0)) == errc::corrupt_record);
}

TEST_CASE("the hash of a record depends on every byte of it") {
  const auto record = encoded(note("a"));
  const auto hash = hash_of(record);
  for (std::size_t at = 0; at < record.size(); ++at) {
    auto other = record;
    other[at] = static_cast<char>(other[at] + 1);
    REQUIRE(hash_of(other) != hash);
  }
}
