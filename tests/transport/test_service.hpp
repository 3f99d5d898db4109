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
#include <string>
#include <vector>

namespace btpay::testing {

/// What the sessions and routes of one service report to the test. Any thread.
struct observations {
  std::atomic<int> sessions_opened{0};
  std::atomic<int> sessions_ended{0};
  std::atomic<int> peers_closed{0};
  std::mutex mutex;
  std::vector<http_request> requests; ///< guarded by the mutex
};

/// Answers `{"echo":…}` to each message, but for some words that make it do something else; see the source.
session_opener echo_sessions(observations& seen);

struct service_options {
  std::size_t units = 2;
  limits limit = {};
  std::filesystem::path admin_socket = {};
};

class test_service {
public:
  explicit test_service(service_options options = {});
  /// As a service stops: accepts no more, closes sessions, ends actors.
  ~test_service();

  std::uint16_t port() const noexcept { return port_; }
  btpay::server& server() noexcept { return *server_; }
  caf::actor_system& system() noexcept { return *system_; }
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
