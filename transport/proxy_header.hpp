#pragma once
/// The PROXY protocol, versions 1 and 2: what a trusted proxy says of the client before the client's own bytes. Pure.
/// https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

/// Takes bytes as they come.
class proxy_header {
public:
  enum class state { incomplete, complete, wrong };

  /// How many more bytes surely belong to the header: at least 1 while it is incomplete, so that whoever reads no more
  /// than this reads nothing of the client's.
  std::size_t wanted() const noexcept;
  /// At most as many as are wanted.
  state add(std::string_view bytes);

  /// Of the client, once complete; absent where the proxy speaks for itself (a health check) or does not know.
  const std::optional<boost::asio::ip::address>& client() const noexcept { return client_; }

private:
  state read_text();
  state read_binary();

  std::string bytes_;
  std::optional<boost::asio::ip::address> client_;
};

} // namespace btpay
