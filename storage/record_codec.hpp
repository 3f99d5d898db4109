#pragma once
/// Events to records and back. The layout is in record_format.hpp, its meaning in docs/LOG_FORMAT.md.
/// Decoding is total: any bytes give an event or a refusal (`corrupt_record`, `unsupported_version`), and never take
/// more memory than their own length accounts for. Encoders and decoders are reused for speed; one thread each.

#include "domain/errc.hpp"
#include "domain/event.hpp"
#include "storage/record_format.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace btpay {

/// What a record says beside its event.
struct record_header {
  position at{};
  position previous{};
  user_id user{};
  instant recorded_at{};
  instant valid_at{};
  chain_hash hash_before{};
  friend bool operator==(const record_header&, const record_header&) = default;
};

/// The hash of a record, for the record after it. About 1 ns per byte.
chain_hash hash_of(std::string_view record) noexcept;

/// Reads and checks everything but the body: length, versions, checksum.
result<record_header> read_header(std::string_view record);

/// The links of a record that is long enough, unchecked: enough to walk back along a user's records, each of which is
/// then decoded.
struct record_links {
  position at{};
  position previous{};
  user_id user{};
};
result<record_links> peek_links(std::string_view record);
/// The same of its user alone; none where it is too short, which decoding says.
user_id peek_user(std::string_view record) noexcept;

class record_encoder {
public:
  record_encoder();
  ~record_encoder();

  /// The bytes are good until the next call.
  std::string_view encode(const record_header&, const event&);

private:
  struct state;
  std::unique_ptr<state> state_;
};

class record_decoder {
public:
  record_decoder();
  ~record_decoder();

  /// Reuses the memory of `into`, which is valid but of no meaning after a refusal.
  result<void> decode(std::string_view record, recorded_event& into);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace btpay
