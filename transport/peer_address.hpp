#pragma once
/// Addresses of clients: what one is counted by, and which are trusted to speak for others.

#include "domain/errc.hpp"

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// IPv4 in IPv6 is IPv4.
boost::asio::ip::address plain(const boost::asio::ip::address& address);

/// By what a client is counted: an IPv4 address, or an IPv6 network of 64 bits, since whoever has one of its addresses
/// has them all. Loopback stays as it is.
std::string counted_address(const boost::asio::ip::address& address);

/// Networks in CIDR notation; a plain address is one of its own.
class address_set {
public:
  /// Fails with `invalid_value`.
  result<void> add(std::string_view text);
  bool empty() const noexcept { return networks_.empty(); }
  bool contains(const boost::asio::ip::address& address) const;

private:
  struct network {
    boost::asio::ip::address address;
    unsigned bits;
  };
  std::vector<network> networks_;
};

} // namespace btpay
