#include "domain/packed_transaction.hpp"

#include <cassert>
#include <cstring>

namespace btpay {

namespace {

// What is there, and the small enumerations, in one byte.
constexpr unsigned has_merchant = 1;
constexpr unsigned has_mcc = 2;
constexpr unsigned has_category = 4;
constexpr unsigned is_linked = 8;
constexpr unsigned bank_shift = 4;   // one bit
constexpr unsigned status_shift = 5; // two bits
constexpr unsigned has_replaces = 128;

/// Seven bits a byte, lowest first; the high bit says that more follow.
void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// Small magnitudes of either sign become small numbers.
void put_signed(std::string& out, std::int64_t value) {
  put_number(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

class unpacker {
public:
  explicit unpacker(std::string_view packed) : rest_(packed) {}

  unsigned byte() { return static_cast<unsigned char>(take(1).front()); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (auto shift = 0U;; shift += 7) {
      const auto next = byte();
      value |= std::uint64_t{next & 0x7f} << shift;
      if (next < 0x80)
        return value;
    }
  }

  std::int64_t signed_number() {
    const auto value = number();
    return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
  }

  std::string text() { return std::string(take(number())); }

  std::string_view take(std::size_t size) {
    assert(size <= rest_.size());
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

private:
  std::string_view rest_;
};

} // namespace

digest key_of(std::string_view source, std::string_view external_id) {
  std::string key;
  key.reserve(source.size() + external_id.size() + 2);
  put_text(key, source); // Its length keeps ("ab", "c") and ("a", "bc") apart.
  key += external_id;
  return digest_of(key);
}

digest key_of(const transaction& what) { return key_of(what.source, what.external_id); }

std::string pack(const transaction& what) {
  std::string out;
  out.reserve(64 + what.description.size());
  out += static_cast<char>((what.merchant ? has_merchant : 0) | (what.mcc ? has_mcc : 0) |
                           (what.category ? has_category : 0) | (what.linked ? is_linked : 0) |
                           (what.replaces ? has_replaces : 0) | static_cast<unsigned>(what.bank) << bank_shift |
                           static_cast<unsigned>(what.status) << status_shift);
  put_signed(out, what.date.time_since_epoch().count());
  put_signed(out, what.amount.minor);
  out += what.amount.unit.code();
  put_text(out, what.source);
  put_text(out, what.description);
  if (what.merchant)
    put_text(out, *what.merchant);
  if (what.mcc)
    put_number(out, *what.mcc);
  if (what.category)
    put_text(out, *what.category);
  if (what.replaces)
    put_text(out, *what.replaces);
  return out;
}

transaction unpack(std::string_view packed) {
  unpacker in(packed);
  transaction what;
  const auto flags = in.byte();
  what.linked = (flags & is_linked) != 0;
  what.bank = static_cast<bank_status>(flags >> bank_shift & 1);
  what.status = static_cast<transaction_status>(flags >> status_shift & 3);
  what.date = instant{duration{in.signed_number()}};
  what.amount.minor = in.signed_number();
  what.amount.unit = *currency::parse(in.take(3));
  what.source = in.text();
  what.description = in.text();
  if ((flags & has_merchant) != 0)
    what.merchant = in.text();
  if ((flags & has_mcc) != 0)
    what.mcc = static_cast<std::uint16_t>(in.number());
  if ((flags & has_category) != 0)
    what.category = in.text();
  if ((flags & has_replaces) != 0)
    what.replaces = in.text();
  return what;
}

packed_bytes::packed_bytes(std::string_view bytes) {
  if (bytes.empty())
    return;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  bytes_ = std::make_unique_for_overwrite<char[]>(sizeof size + bytes.size());
  std::memcpy(bytes_.get(), &size, sizeof size);
  std::memcpy(bytes_.get() + sizeof size, bytes.data(), bytes.size());
}

std::string_view packed_bytes::view() const noexcept {
  if (!bytes_)
    return {};
  std::uint32_t size = 0;
  std::memcpy(&size, bytes_.get(), sizeof size);
  return {bytes_.get() + sizeof size, size};
}

} // namespace btpay
