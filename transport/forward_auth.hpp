#pragma once
/// Asks an application that has the log-in who somebody is: its own cookies are handed to a URL of it, which answers
/// 200 with `{"username":NAME}`, or anything else for a stranger. One per io thread, used on it alone.

#include "domain/errc.hpp"
#include "transport/bridge.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace btpay {

struct forward_auth_url {
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";

  /// Takes `http://HOST[:PORT][/PATH]`. Fails with `invalid_value`.
  static result<forward_auth_url> parse(std::string_view text);
};

struct forward_auth_limits {
  std::chrono::milliseconds answer_time{5'000}; ///< for the whole of it
  std::size_t answer_bytes_max = 16 * 1024;
  std::size_t questions_max = 256; ///< at the same time, of one io thread; over it: `overloaded`
};

class forward_auth {
public:
  /// The name, as the application gave it; `unauthenticated` where it knows nobody, `overloaded` where it did not
  /// answer.
  using answer = std::function<void(result<std::string>)>;

  forward_auth(io_unit& unit, forward_auth_url url, forward_auth_limits limits = {});

  /// Calls `then` on this unit's thread, later. `cookies` is the header as the client sent it, `peer` the client.
  void ask(std::string cookies, std::string_view peer, answer then);

private:
  class question;

  io_unit& unit_;
  const forward_auth_url url_;
  const forward_auth_limits limits_;
  std::size_t asking_ = 0;
};

} // namespace btpay
