#pragma once
/// What stands before the service: proxies that are trusted to say for whom they speak, TLS, and what may be
/// negotiated. Shared by all hubs; all but the certificate is fixed at start.

#include "transport/peer_address.hpp"
#include "transport/tls.hpp"

namespace btpay {

struct doorway {
  address_set trusted_proxies;
  bool proxy_protocol = false; ///< connections from those begin with a PROXY header
  bool deflate = false;        ///< WebSockets may be compressed
  tls_source tls;              ///< nothing in it: plain
};

} // namespace btpay
