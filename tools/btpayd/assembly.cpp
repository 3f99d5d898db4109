#include "tools/btpayd/assembly.hpp"

#include "actors/http_answers.hpp"
#include "actors/messages.hpp"
#include "actors/sessions.hpp"
#include "actors/web_assets.hpp"
#include "tools/btpayd/background_rebuild.hpp"
#include "tools/btpayd/demo.hpp"
#include "tools/btpayd/front_actors.hpp"
#include "tools/btpayd/metrics.hpp"
#include "tools/btpayd/service_actors.hpp"
#include "tools/btpayd/service_store.hpp"
#include "tools/common/data_directory.hpp"
#include "tools/common/policies.hpp"
#include "transport/bridge.hpp"
#include "transport/server.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace btpay {

namespace {

using namespace std::chrono_literals;

constexpr auto demo_tick = 900ms; ///< how often something happens in the demo

std::size_t io_threads(const config& settings) {
  return settings.threads != 0 ? settings.threads : std::max(1U, std::thread::hardware_concurrency());
}

bool is_this_machine(std::string_view host) { return host == "localhost" || is_loopback(host); }

result<server_options> socket_options(const config& settings, const data_directory& where) {
  server_options sockets;
  sockets.host = settings.listen_host;
  sockets.port = settings.listen_port;
  sockets.admin_socket = where.admin_socket();
  for (const auto& proxy : settings.trusted_proxies)
    if (auto added = sockets.trusted_proxies.add(proxy); !added)
      return tl::unexpected(added.error());
  sockets.proxy_protocol = settings.proxy_protocol;
  sockets.tls_certificate = settings.tls_certificate;
  sockets.tls_key = settings.tls_key;
  sockets.limit.connections_max = settings.connections_max;
  sockets.limit.connections_per_address_max = settings.connections_per_address_max;
  sockets.limit.connections_per_user_max = settings.connections_per_user_max;
  sockets.limit.commands_per_second = settings.commands_per_second;
  sockets.limit.accepts_per_second = settings.accepts_per_second;
  sockets.limit.send_buffer_bytes = settings.send_buffer_bytes;
  sockets.deflate = settings.deflate;
  return sockets;
}

/// Whoever waits for the file never sees it half written.
result<void> write_port_file(const std::string& path, std::uint16_t port) {
  if (path.empty())
    return {};
  const auto unfinished = path + ".new";
  std::error_code error;
  if (std::ofstream(unfinished) << port << '\n')
    std::filesystem::rename(unfinished, path, error);
  else
    error = std::make_error_code(std::errc::io_error);
  if (error)
    return refuse(errc::storage_failed, "cannot write the port to " + path + ": " + error.message());
  return {};
}

} // namespace

/// Whoever is used stands before who uses it, since the compiler ends them from the last to the first.
struct assembly::parts {
  explicit parts(const config& settings)
      : units(io_threads(settings)),
        system_config(units),
        system(system_config),
        compat(settings.compat),
        rules_file(settings.rules_file) {}

  std::shared_ptr<const machine_clock> time = std::make_shared<const machine_clock>();
  service_store store;
  std::unique_ptr<background_rebuild> rebuild; ///< or null
  front_actors front;                          ///< outlives the units, where its questions to applications are
  io_units units;
  unit_system_config system_config;
  caf::actor_system system;
  std::unique_ptr<service_actors> actors; ///< null until the store is open
  std::unique_ptr<server> sockets;
  std::shared_ptr<btpay::demo> demo;
  std::optional<timer_id> demo_timer;
  const std::string compat;
  const std::string rules_file;
  std::atomic<bool> ready{false};
  bool stopped = false;

  result<void> open_store(const data_directory& where, bool rebuild_views);
  result<void> spawn_front(web_assets pages, const config& settings);
  result<void> start_demo(const config& settings);
  result<std::uint16_t> open_sockets(const config& settings, const data_directory& where);
  void announce(const config& settings, std::uint16_t port) const;
  result<void> reload() const;
  void stop();
};

result<void> assembly::parts::open_store(const data_directory& where, bool rebuild_views) {
  auto opened = service_store::open(where);
  if (!opened)
    return tl::unexpected(opened.error());
  store = std::move(*opened);
  if (store.views && rebuild_views)
    rebuild = std::make_unique<background_rebuild>(store.log, store.views, store.accounts, time);
  return {};
}

result<void> assembly::parts::spawn_front(web_assets pages, const config& settings) {
  routes_services services;
  services.actors = actors->by_user();
  services.accounts = store.accounts;
  services.time = time;
  services.pages = std::move(pages);
  services.epoch = wire_epoch(store.log->epoch());
  services.metrics = [this] {
    return render_metrics({.sockets = *sockets,
                           .log = *store.log,
                           .log_directory = store.log_directory,
                           .projections = actors->meters(),
                           .views = actors->counts(),
                           .rebuild = rebuild ? &rebuild->state() : nullptr});
  };
  services.ready = [this] { return ready.load(std::memory_order_relaxed); };
  services.reload = [this] { return reload(); };
  services.revoke = [this](const revocation& whose) { sockets->revoke(whose); };
  // As if an operator had sent the signal: there is one way to stop.
  services.drain = [this] {
    ready = false;
    ::kill(::getpid(), SIGTERM);
  };
  return front.spawn(
      system, units, std::move(services),
      [this](std::function<void(std::vector<open_socket>)> then) { sockets->list(std::move(then)); }, settings);
}

result<void> assembly::parts::start_demo(const config& settings) {
  // Its password is known to everybody, so its role is for a machine of one's own.
  const auto role = is_this_machine(settings.listen_host) ? account_role::admin : account_role::member;
  auto prepared = btpay::demo::prepare(*store.accounts, actors->by_user(), time, role);
  if (!prepared)
    return tl::unexpected(prepared.error());
  demo = std::make_shared<btpay::demo>(std::move(*prepared));
  demo->play_history();
  demo_timer = units[0].every(demo_tick, [playing = demo] { playing->play_moment(); });
  return {};
}

result<std::uint16_t> assembly::parts::open_sockets(const config& settings, const data_directory& where) {
  const auto opener =
      make_session_opener(system, std::make_shared<const session_services>(session_services{
                                      actors->by_user(), time, {}, wire_epoch(store.log->epoch()), store.log}));
  auto options = socket_options(settings, where);
  if (!options)
    return tl::unexpected(options.error());
  sockets = std::make_unique<server>(units, front.routes(), opener, std::move(*options));
  return sockets->start();
}

void assembly::parts::announce(const config& settings, std::uint16_t port) const {
  std::printf("listening on %s://%s:%u\n", settings.tls_certificate.empty() ? "http" : "https",
              settings.listen_host.c_str(), static_cast<unsigned>(port));
  if (demo)
    std::printf("log in as %s with the password %s\n", std::string(demo->first_user()).c_str(),
                std::string(demo_password).c_str());
  std::fflush(stdout);
}

/// Any thread: what is read here never changes once the service is up.
result<void> assembly::parts::reload() const {
  if (!ready) // the actors may have ended
    return refuse(errc::shutting_down, "the service is starting or stopping: try again in a second");
  const auto rules = make_policies(compat, rules_file);
  if (!rules) {
    spdlog::error("the rules stay as they were: {}", rules.error().message);
    return tl::unexpected(rules.error());
  }
  actors->adopt(*rules);
  if (rebuild)
    rebuild->look(*rules);
  spdlog::info("took the rules anew");
  if (auto loaded = sockets->reload_tls(); !loaded) {
    spdlog::error("the certificate stays as it was: {}", loaded.error().message);
    return loaded;
  }
  return {};
}

void assembly::parts::stop() {
  if (stopped)
    return;
  stopped = true;
  ready = false;
  if (rebuild)
    rebuild->stop();
  if (demo_timer)
    units[0].cancel(*demo_timer);
  if (sockets) {
    sockets->stop_accepting();
    if (!sockets->close_sessions())
      spdlog::warn("some clients did not answer the closing handshake");
  }
  if (actors)
    actors->drain();
  front.end();
  if (actors)
    actors->end();
}

result<std::unique_ptr<assembly>> assembly::start(const config& settings) {
  const data_directory where{settings.data};
  const auto rules = make_policies(settings.compat, settings.rules_file);
  if (!rules)
    return tl::unexpected(rules.error());
  auto pages = web_assets::load({settings.web.begin(), settings.web.end()});
  if (!pages)
    return tl::unexpected(pages.error());
  auto made = std::unique_ptr<assembly>(new assembly(std::make_unique<parts>(settings)));
  auto& p = *made->parts_;
  if (auto opened = p.open_store(where, settings.rebuild_views); !opened)
    return tl::unexpected(opened.error());
  p.actors =
      std::make_unique<service_actors>(p.system, p.units, p.store, p.time, *rules, settings.repeat_unchanged_dashboard);
  if (auto spawned = p.spawn_front(std::move(*pages), settings); !spawned)
    return tl::unexpected(spawned.error());
  if (settings.demo)
    if (auto playing = p.start_demo(settings); !playing)
      return tl::unexpected(playing.error());
  const auto port = p.open_sockets(settings, where);
  if (!port)
    return tl::unexpected(port.error());
  p.ready = true;
  if (p.rebuild)
    p.rebuild->look(*rules);
  if (auto written = write_port_file(settings.port_file, *port); !written)
    return tl::unexpected(written.error());
  p.announce(settings, *port);
  return made;
}

assembly::assembly(std::unique_ptr<parts> all) : parts_(std::move(all)) {}

assembly::~assembly() { stop(); }

result<void> assembly::reload() { return parts_->reload(); }

void assembly::stop() { parts_->stop(); }

} // namespace btpay
