#pragma once
/// What proxies add to a request of the client that they speak for (`X-Forwarded-*`, RFC 7239 `Forwarded`, `Via`), and
/// what of it is believed. Any thread.

#include "actors/ports.hpp"
#include "transport/peer_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <string_view>

namespace btpay {

/// The client that a chain of proxies speaks for: the last address of `X-Forwarded-For` that is no trusted proxy. The
/// fallback where there is none or something else stands there: what a client puts in front is not believed.
boost::asio::ip::address forwarded_client(std::string_view forwarded_for, const address_set& trusted,
                                          const boost::asio::ip::address& fallback);

/// Whether a proxy added something, trusted or not: one that we do not know is on this machine, in front of others.
bool tells_of_proxy(const http_request& request);

/// Believes the headers of a request that came from `proxy`, which is trusted: for whom it speaks, and whether that one
/// speaks TLS.
void take_forwarded(http_request& request, const address_set& trusted, const boost::asio::ip::address& proxy);

} // namespace btpay
