#include "storage/record_codec.hpp"

#include "storage/body_archive.hpp"
#include "storage/crc32c.hpp"
#include "storage/event_layout.hpp"
#include "storage/sodium.hpp"

#include <array>
#include <cstring>
#include <span>
#include <utility>
#include <variant>

namespace btpay {

namespace {

template <class T>
T load(std::string_view record, std::size_t offset) noexcept {
  T value{};
  std::memcpy(&value, record.data() + offset, sizeof value);
  return value;
}

template <class T>
void store(std::span<char> record, std::size_t offset, T value) noexcept {
  std::memcpy(record.data() + offset, &value, sizeof value);
}

instant instant_at(std::string_view record, std::size_t offset) noexcept {
  return instant{duration{load<std::int64_t>(record, offset)}};
}

/// Of everything but the checksum itself.
std::uint32_t checksum_of(std::string_view record) noexcept {
  constexpr auto end = record_offset::checksum + sizeof(std::uint32_t);
  return extend_crc32c(extend_crc32c(0, record.substr(0, record_offset::checksum)), record.substr(end));
}

/// `event_type` 1 is the first alternative.
constexpr std::size_t event_types = std::variant_size_v<event>;

/// Gives false where `version` is newer than this program.
using alternative_reader = bool (*)(body_reader&, std::uint16_t version, event& into);

template <std::size_t Index>
bool read_alternative(body_reader& body, std::uint16_t version, event& into) {
  auto* held = std::get_if<Index>(&into);
  return read_body(body, version, held ? *held : into.emplace<Index>());
}

constexpr auto alternative_readers = []<std::size_t... Index>(std::index_sequence<Index...>) {
  return std::array<alternative_reader, event_types>{&read_alternative<Index>...};
}
(std::make_index_sequence<event_types>{});

tl::unexpected<refusal> corrupt(const char* why) { return refuse(errc::corrupt_record, why); }

tl::unexpected<refusal> unsupported(const char* what) {
  return refuse(errc::unsupported_version, std::string{what} + " this version of btpay does not know: use a newer one");
}

enum class header_fault : std::uint8_t { none, too_short, newer, no_version, checksum, key, flags };

/// Apart from its message, which would cost more than the check.
header_fault fault_in_header(std::string_view record) noexcept {
  if (record.size() < record_header_bytes)
    return header_fault::too_short;
  const auto format = load<std::uint8_t>(record, record_offset::format_version);
  if (format > record_format_version)
    return header_fault::newer;
  if (format == 0)
    return header_fault::no_version;
  if (load<std::uint32_t>(record, record_offset::checksum) != checksum_of(record))
    return header_fault::checksum;
  if (load<std::uint32_t>(record, record_offset::key) != 0)
    return header_fault::key;
  if (load<std::uint32_t>(record, record_offset::flags) != 0)
    return header_fault::flags;
  return header_fault::none;
}

tl::unexpected<refusal> refusal_of(header_fault fault) {
  switch (fault) {
  case header_fault::none:
  case header_fault::too_short:
    break;
  case header_fault::newer:
    return unsupported("has a format that");
  case header_fault::no_version:
    return corrupt("has no format version");
  case header_fault::checksum:
    return corrupt("does not match its checksum");
  case header_fault::key:
    return unsupported("is encrypted in a way that");
  case header_fault::flags:
    return unsupported("has flags that");
  }
  return corrupt("is shorter than a header");
}

} // namespace

chain_hash hash_of(std::string_view record) noexcept {
  require_sodium();
  chain_hash hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(record.data()), record.size(),
                     nullptr, 0);
  return hash;
}

result<record_header> read_header(std::string_view record) {
  if (const auto fault = fault_in_header(record); fault != header_fault::none)
    return refusal_of(fault);
  return record_header{.at = position{load<std::uint64_t>(record, record_offset::sequence)},
                       .previous = position{load<std::uint64_t>(record, record_offset::previous)},
                       .user = user_id{load<std::uint64_t>(record, record_offset::user)},
                       .recorded_at = instant_at(record, record_offset::recorded_at),
                       .valid_at = instant_at(record, record_offset::valid_at),
                       .hash_before = load<chain_hash>(record, record_offset::hash_before)};
}

result<record_links> peek_links(std::string_view record) {
  if (record.size() < record_header_bytes)
    return corrupt("is shorter than a header");
  return record_links{.at = position{load<std::uint64_t>(record, record_offset::sequence)},
                      .previous = position{load<std::uint64_t>(record, record_offset::previous)},
                      .user = user_id{load<std::uint64_t>(record, record_offset::user)}};
}

user_id peek_user(std::string_view record) noexcept {
  return record.size() < record_header_bytes ? user_id{} : user_id{load<std::uint64_t>(record, record_offset::user)};
}

// -- encoder ----------------------------------------------------------------------------------------------------------

struct record_encoder::state {
  body_writer body;
};

record_encoder::record_encoder() : state_{std::make_unique<state>()} {}
record_encoder::~record_encoder() = default;

std::string_view record_encoder::encode(const record_header& header, const event& what) {
  auto& body = state_->body;
  body.restart(record_header_bytes);
  const auto schema = std::visit(
      [&body]<class Event>(const Event& e) {
        members(body, e);
        return schema_version_of<Event>;
      },
      what);
  const auto record = body.bytes();
  store(record, record_offset::format_version, record_format_version);
  store(record, record_offset::event_type, static_cast<std::uint8_t>(what.index() + 1));
  store(record, record_offset::schema_version, schema);
  store(record, record_offset::user, raw(header.user));
  store(record, record_offset::sequence, raw(header.at));
  store(record, record_offset::previous, raw(header.previous));
  store(record, record_offset::recorded_at, std::int64_t{header.recorded_at.time_since_epoch().count()});
  store(record, record_offset::valid_at, std::int64_t{header.valid_at.time_since_epoch().count()});
  store(record, record_offset::hash_before, header.hash_before);
  store(record, record_offset::checksum, checksum_of({record.data(), record.size()}));
  return {record.data(), record.size()};
}

// -- decoder ----------------------------------------------------------------------------------------------------------

struct record_decoder::state {
  body_reader body;
};

record_decoder::record_decoder() : state_{std::make_unique<state>()} {}
record_decoder::~record_decoder() = default;

result<void> record_decoder::decode(std::string_view record, recorded_event& into) {
  if (const auto fault = fault_in_header(record); fault != header_fault::none)
    return refusal_of(fault);
  const std::size_t type = load<std::uint8_t>(record, record_offset::event_type);
  const auto schema = load<std::uint16_t>(record, record_offset::schema_version);
  if (type == 0 || schema == 0)
    return corrupt("has no type or no schema version");
  if (type > event_types)
    return unsupported("holds an event that");

  auto& body = state_->body;
  body.read_from(record.substr(record_header_bytes));
  try {
    if (!alternative_readers[type - 1](body, schema, into.body))
      return unsupported("holds a version of its event that");
  } catch (const bad_body& fault) {
    return corrupt(fault.why);
  } catch (const cereal::Exception&) {
    return corrupt("ends in the middle of a value");
  }
  if (body.remaining_bytes() != 0)
    return corrupt("has bytes left over behind its event");
  into.at = position{load<std::uint64_t>(record, record_offset::sequence)};
  into.previous = position{load<std::uint64_t>(record, record_offset::previous)};
  into.user = user_id{load<std::uint64_t>(record, record_offset::user)};
  into.recorded_at = instant_at(record, record_offset::recorded_at);
  return {};
}

} // namespace btpay
