#pragma once
/// What stands before the service: proxies that are trusted to say for whom they speak, TLS, and what may be
/// negotiated. Shared by all hubs; all but the certificate is fixed at start.

#include "transport/peer_address.hpp"
#include "transport/tls.hpp"

#include <string>
#include <string_view>

namespace btpay {

struct doorway {
  address_set trusted_proxies;
  bool proxy_protocol = false; ///< connections from those begin with a PROXY header
  bool deflate = false;        ///< WebSockets may be compressed
  tls_source tls;              ///< nothing in it: plain
};

/// The client that a chain of proxies speaks for: the last address of `X-Forwarded-For` that is no trusted proxy. The
/// fallback where there is none or something else stands there: what a client puts in front is not believed.
boost::asio::ip::address forwarded_client(std::string_view forwarded_for, const address_set& trusted,
                                          const boost::asio::ip::address& fallback);

} // namespace btpay
