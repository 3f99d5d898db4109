#pragma once
/// permessage-deflate (RFC 7692) from the client's side, by zlib.

#include "tests/transport/raw_client.hpp"

#include <string>
#include <string_view>
#include <zlib.h>

namespace btpay::testing {

class deflating_client {
public:
  /// Asks for it with these parameters, such as `; client_max_window_bits`.
  explicit deflating_client(raw_client client, std::string_view parameters = "; client_max_window_bits",
                            std::string_view path = "/ws");
  ~deflating_client();
  deflating_client(const deflating_client&) = delete;
  deflating_client& operator=(const deflating_client&) = delete;

  /// What the service agreed to; empty where it does not compress.
  const std::string& agreed() const noexcept { return agreed_; }
  raw_client& wire() noexcept { return wire_; }

  void send_text(std::string_view text) { wire_.send(frame(compressed(text))); }
  /// The next message, inflated.
  std::string read_text();

  std::string compressed(std::string_view text);
  /// A masked text frame with the bit that says so.
  static std::string frame(std::string_view payload);
  /// Bytes of payload of the messages read.
  std::size_t payload_bytes() const noexcept { return payload_bytes_; }

private:
  raw_client wire_;
  std::string agreed_;
  z_stream out_{};
  z_stream in_{};
  std::size_t payload_bytes_ = 0;
};

} // namespace btpay::testing
