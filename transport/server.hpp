#pragma once
/// All that listens and all that is connected: what the assembly starts and stops. Its functions may be called from any
/// thread that is not a unit's; the units must run (their actor system lives) from `start` to the end of the
/// destructor.

#include "actors/interfaces.hpp"
#include "transport/bridge.hpp"
#include "transport/counters.hpp"
#include "transport/limits.hpp"
#include "transport/peer_address.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace btpay {

struct server_options {
  std::string host = "127.0.0.1";        ///< a name or an address of this machine
  std::uint16_t port = 0;                ///< 0: any free one
  std::filesystem::path admin_socket;    ///< empty: none
  std::filesystem::path tls_certificate; ///< PEM, with those that lead to the root; empty: plain HTTP
  std::filesystem::path tls_key;         ///< PEM
  address_set trusted_proxies;           ///< whose word on the client's address is taken
  bool proxy_protocol = false;           ///< these begin with a PROXY header; none else may
  bool deflate = false;                  ///< whether clients may have permessage-deflate
  limits limit;
};

class server : public socket_directory {
public:
  /// `routes`: one per unit, pinned to it, in the order of the units. `open_session` is called on any unit's thread.
  server(io_units& units, std::vector<routes_actor> routes, session_opener open_session, server_options options);
  /// Ends what is left at once. Every session that was opened has been told `peer_closed` before this returns.
  ~server() override;
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Listens, and gives the port. Once. Fails as `listen_tcp` and `listen_local` do.
  result<std::uint16_t> start();

  /// Reads certificate and key again, for connections from now on. Where they cannot be used, those in use stay. No
  /// effect without TLS. Any thread.
  result<void> reload_tls();

  /// Accepts no more, and removes the admin socket. Connections go on. Again: no effect.
  void stop_accepting();

  /// Closes WebSockets with 1001, idle HTTP connections at once, the others after their present response. Tells whether
  /// all were gone within the limit's drain time; the destructor cuts those that were not.
  bool close_sessions();

  // socket_directory
  void revoke(const revocation& whose) override;
  void list(std::function<void(std::vector<open_socket>)> then) override;

  /// How many there are, of both kinds. Any thread.
  std::size_t connections() const noexcept;
  /// How often it has happened since the start. Any thread.
  std::uint64_t count(counted what) const noexcept;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace btpay
