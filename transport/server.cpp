#include "transport/server.hpp"

#include "transport/hub.hpp"
#include "transport/listener.hpp"

#include <algorithm>
#include <cassert>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace btpay {

namespace {

/// So many connections that descriptors are left for all else.
std::size_t within_descriptors(std::size_t connections) {
  rlimit open_files{};
  if (::getrlimit(RLIMIT_NOFILE, &open_files) != 0 || open_files.rlim_cur == RLIM_INFINITY)
    return connections;
  const std::size_t limit = open_files.rlim_cur;
  const auto reserved = std::min(reserved_descriptors + refusals_max, limit / 2);
  return std::min(connections, limit - reserved);
}

} // namespace

struct server::impl {
  io_units& units;
  server_options options;
  crowd everybody;
  doorway door;
  hub_list hubs;
  std::vector<timer_id> timers; ///< as the hubs
  std::vector<std::unique_ptr<listener>> listeners;

  impl(io_units& all, server_options chosen) : units(all), options(std::move(chosen)) {
    door.trusted_proxies = options.trusted_proxies;
    door.proxy_protocol = options.proxy_protocol;
    door.deflate = options.deflate;
  }
};

server::server(io_units& units, std::vector<routes_actor> routes, session_opener open_session, server_options options)
    : impl_(new impl(units, std::move(options))) {
  assert(routes.size() == units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto& home = *impl_->hubs.emplace_back(std::make_unique<hub>(units[i], impl_->options.limit, impl_->everybody,
                                                                 impl_->door, std::move(routes[i]), open_session));
    impl_->timers.push_back(units[i].every(tick_time, [&home] { home.turn(); }));
  }
}

server::~server() {
  stop_accepting();
  for (std::size_t i = 0; i < impl_->hubs.size(); ++i)
    impl_->hubs[i]->unit.run_and_wait([this, i] {
      auto& home = *impl_->hubs[i];
      home.stopping = true;
      home.wheel.for_each([](timed& who) { who.abort(); });
      home.unit.cancel(impl_->timers[i]);
    });
  // A handler that an abort left behind may still be on its way out of its hub.
  impl_->units.on_each([](io_unit&) {});
  assert(connections() == 0);
}

result<std::uint16_t> server::start() {
  auto& options = impl_->options;
  if (auto loaded = reload_tls(); !loaded)
    return tl::unexpected(std::move(loaded.error()));
  auto network = listen_tcp(impl_->hubs, options.host, options.port, within_descriptors(options.limit.connections_max));
  if (!network)
    return tl::unexpected(std::move(network.error()));
  impl_->listeners.push_back(std::move(*network));
  if (!options.admin_socket.empty()) {
    auto local = listen_local(impl_->hubs, options.admin_socket);
    if (!local) {
      stop_accepting();
      return tl::unexpected(std::move(local.error()));
    }
    impl_->listeners.push_back(std::move(*local));
  }
  const auto port = impl_->listeners.front()->port();
  for (auto& each : impl_->listeners)
    each->start();
  return port;
}

result<void> server::reload_tls() {
  const auto& options = impl_->options;
  if (options.tls_certificate.empty())
    return {};
  auto loaded = tls_identity::load(options.tls_certificate, options.tls_key);
  if (!loaded)
    return tl::unexpected(std::move(loaded.error()));
  impl_->door.tls.replace(std::move(*loaded));
  return {};
}

void server::stop_accepting() {
  if (impl_->listeners.empty())
    return;
  impl_->hubs.front()->unit.run_and_wait([this] {
    for (auto& each : impl_->listeners)
      each->stop();
  });
  if (impl_->listeners.size() > 1)
    ::unlink(impl_->options.admin_socket.c_str());
  impl_->listeners.clear();
}

bool server::close_sessions() {
  for (auto& home : impl_->hubs)
    home->unit.run_and_wait([&home] {
      home->stopping = true;
      home->wheel.for_each([](timed& who) { who.on_shutdown(); });
    });
  return impl_->everybody.people.wait_until_empty(impl_->options.limit.drain_time);
}

void server::revoke(const revocation& whose) {
  for (auto& home : impl_->hubs)
    home->unit.post([&hub = *home, whose] { hub.revoked.push_back(whose); });
}

void server::list(std::function<void(std::vector<open_socket>)> then) {
  struct gathering {
    std::mutex mutex;
    std::vector<open_socket> found;
    std::size_t left;
    std::function<void(std::vector<open_socket>)> then;
  };
  const auto sum = std::make_shared<gathering>();
  sum->left = impl_->hubs.size();
  sum->then = std::move(then);
  for (auto& home : impl_->hubs)
    home->unit.post([&hub = *home, sum] {
      std::unique_lock lock(sum->mutex);
      for (const auto& each : hub.sockets)
        sum->found.push_back(each.describe());
      if (--sum->left > 0)
        return;
      lock.unlock();
      sum->then(std::move(sum->found));
    });
}

std::size_t server::connections() const noexcept { return impl_->everybody.people.present(); }

std::uint64_t server::count(counted what) const noexcept {
  std::uint64_t sum = 0;
  for (const auto& home : impl_->hubs)
    sum += home->counts.read(what);
  return sum;
}

} // namespace btpay
