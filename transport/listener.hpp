#pragma once
/// Where connections come in. One acceptor, on the first unit, hands them to all units in turn: that is even whatever
/// the clients, works with port 0, and a second process cannot take half of our port by mistake, as it could with an
/// acceptor per unit (SO_REUSEPORT). It costs one hop per connection, none per message; one thread accepts some 50,000
/// connections a second.

#include "domain/errc.hpp"
#include "transport/hub.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace btpay {

class listener {
public:
  virtual ~listener() = default;
  /// Begins to accept. On any thread, once.
  virtual void start() = 0;
  /// Accepts no more. On the thread of the first hub's unit.
  virtual void stop() = 0;
  /// The TCP port, or 0.
  virtual std::uint16_t port() const = 0;
};

using hub_list = std::vector<std::unique_ptr<hub>>;

/// Binds and listens; connections are refused from `connections_max` on. Port 0: any free one. Fails with
/// `already_exists` where another process has the port, with `invalid_value` for an address that is none of ours.
result<std::unique_ptr<listener>> listen_tcp(const hub_list& hubs, const std::string& host, std::uint16_t port,
                                             std::size_t connections_max);

/// A socket file that its owner alone may use; whoever can connect is an operator. Replaces the file of a service that
/// is gone. Fails with `already_exists` where a service is there, with `too_long` for a path of over 107 bytes.
result<std::unique_ptr<listener>> listen_local(const hub_list& hubs, const std::filesystem::path& path);

} // namespace btpay
