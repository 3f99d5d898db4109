#pragma once
/// A transaction as few bytes: to be recognised by its digest, and to be kept by the hundred thousand. In memory only,
/// so its form may change at any time.

#include "domain/digest.hpp"
#include "domain/transaction.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace btpay {

/// The identity of a transaction within one user's stream.
digest key_of(const transaction&);
digest key_of(std::string_view source, std::string_view external_id);

/// All of what a source tells but `external_id`. Equal bytes mean equal content, and the other way round.
std::string pack(const transaction&);

/// The inverse of `pack`; `external_id` is empty. `packed` must come from `pack`.
transaction unpack(std::string_view packed);

/// Immutable bytes that cost one pointer while empty, and little more than themselves otherwise.
class packed_bytes {
public:
  packed_bytes() = default;
  explicit packed_bytes(std::string_view bytes);
  packed_bytes(const packed_bytes& other) : packed_bytes(other.view()) {}
  packed_bytes(packed_bytes&&) noexcept = default;
  packed_bytes& operator=(packed_bytes other) noexcept {
    bytes_ = std::move(other.bytes_);
    return *this;
  }
  ~packed_bytes() = default;

  bool empty() const noexcept { return !bytes_; }
  std::string_view view() const noexcept;

private:
  std::unique_ptr<char[]> bytes_; ///< four bytes of size, then the content; null for none
};

} // namespace btpay
