#pragma once
/// A whole service in small: units, an actor system on them, routes and sessions of the test's own, and a server.

#include "actors/interfaces.hpp"
#include "transport/bridge.hpp"
#include "transport/server.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace btpay::testing {

/// What the sessions and routes of one service report to the test. Any thread.
struct observations {
  std::atomic<int> sessions_opened{0};
  std::atomic<int> sessions_ended{0};
  std::atomic<int> peers_closed{0};
  std::atomic<int> notifications{0}; ///< that sessions handed to their sockets
  std::mutex mutex;
  std::vector<http_request> requests;  ///< guarded by the mutex
  std::vector<session_actor> sessions; ///< in the order of their opening; guarded by the mutex
  std::set<const io_unit*> units;      ///< that sessions were opened on; guarded by the mutex
};

struct service_options {
  std::size_t units = 2;
  limits limit = {};
  std::filesystem::path admin_socket = {};
  std::filesystem::path tls_certificate = {};
  std::filesystem::path tls_key = {};
  std::vector<std::string> trusted_proxies = {};
  bool proxy_protocol = false;
  bool deflate = false;
};

class test_service {
public:
  explicit test_service(service_options options = {});
  ~test_service();

  /// As a service stops: accepts no more, cuts what is connected, ends its actors. Again: no effect.
  void stop();
  /// The last request that the routes saw.
  http_request last_request();
  /// The session that was opened as the nth.
  session_actor session(std::size_t index);
  /// Waits until `condition` holds, as long as it takes what is under way on the units; false after 20 s.
  bool eventually(const std::function<bool()>& condition);

  std::uint16_t port() const noexcept { return port_; }
  btpay::server& server() noexcept { return *server_; }
  observations& seen() noexcept { return seen_; }
  io_units& units() noexcept { return units_; }

private:
  observations seen_;
  io_units units_;
  unit_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::vector<routes_actor> routes_;
  std::unique_ptr<btpay::server> server_;
  std::uint16_t port_ = 0;
};

} // namespace btpay::testing
