#pragma once
/// How one record of the event log is laid out. Normative and with its reasons: docs/LOG_FORMAT.md; pinned by
/// tests/golden/log. Integers are little-endian.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace btpay {

static_assert(std::endian::native == std::endian::little, "LMDB's own files and integer keys are in native order");

/// The newest layout of the header that is known here.
inline constexpr std::uint8_t record_format_version = 1;

/// The first 16 bytes of BLAKE2b of a whole record, as computed for that length; all zero before the first record.
using chain_hash = std::array<unsigned char, 16>;

/// Where each field of the header begins, in bytes.
namespace record_offset {
inline constexpr std::size_t format_version = 0; ///< u8
inline constexpr std::size_t event_type = 1;     ///< u8, 1 + index in `event`
inline constexpr std::size_t schema_version = 2; ///< u16, of the body; counts per event type
inline constexpr std::size_t checksum = 4;       ///< u32, CRC-32C of all other bytes of the record
inline constexpr std::size_t key = 8;            ///< u32, 0: the body is not encrypted
inline constexpr std::size_t flags = 12;         ///< u32, 0: none are defined
inline constexpr std::size_t user = 16;          ///< u64
inline constexpr std::size_t sequence = 24;      ///< u64, also the key in `events`
inline constexpr std::size_t previous = 32;      ///< u64, the user's record before; 0: none
inline constexpr std::size_t recorded_at = 40;   ///< i64, microseconds since 1970 UTC
inline constexpr std::size_t valid_at = 48;      ///< i64, microseconds since 1970 UTC
inline constexpr std::size_t hash_before = 56;   ///< 16 bytes, of the log's record before
inline constexpr std::size_t body = 72;
} // namespace record_offset

inline constexpr std::size_t record_header_bytes = record_offset::body;

} // namespace btpay
