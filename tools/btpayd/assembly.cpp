#include "tools/btpayd/assembly.hpp"

#include "actors/admin.hpp"
#include "actors/authenticator.hpp"
#include "actors/bookkeeper.hpp"
#include "actors/historian.hpp"
#include "actors/http_answers.hpp"
#include "actors/keeper.hpp"
#include "actors/messages.hpp"
#include "actors/notifier.hpp"
#include "actors/projector.hpp"
#include "actors/routes.hpp"
#include "actors/sessions.hpp"
#include "actors/shards.hpp"
#include "actors/spawn.hpp"
#include "actors/users.hpp"
#include "actors/web_assets.hpp"
#include "actors/writer.hpp"
#include "storage/lmdb_event_log.hpp"
#include "tools/btpayd/background_rebuild.hpp"
#include "tools/btpayd/demo.hpp"
#include "tools/btpayd/metrics.hpp"
#include "tools/common/data_directory.hpp"
#include "tools/common/policies.hpp"
#include "tools/common/view_folds.hpp"
#include "transport/bridge.hpp"
#include "transport/forward_auth.hpp"
#include "transport/server.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <unistd.h>

namespace btpay {

namespace {

using namespace std::chrono_literals;

constexpr auto users_tick = 30s;         ///< how often idle users are looked for
constexpr auto demo_tick = 900ms;        ///< how often something happens in the demo
constexpr auto decisions_end_time = 10s; ///< for what is being decided at the end

bool is_log_level(std::string_view name) {
  constexpr std::array names{std::string_view("trace"), std::string_view("debug"), std::string_view("info"),
                             std::string_view("warn"), std::string_view("error")};
  return std::ranges::find(names, name) != names.end();
}

bool is_this_machine(std::string_view host) { return host == "localhost" || is_loopback(host); }

result<void> add_doorway(server_options& sockets, const config& settings) {
  for (const auto& proxy : settings.trusted_proxies)
    if (auto added = sockets.trusted_proxies.add(proxy); !added)
      return added;
  sockets.proxy_protocol = settings.proxy_protocol;
  sockets.tls_certificate = settings.tls_certificate;
  sockets.tls_key = settings.tls_key;
  return {};
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

/// In the order they are made; the compiler ends them in the opposite order.
struct assembly::parts {
  explicit parts(std::size_t threads) : units(threads), system_config(units), system(system_config) {}

  std::shared_ptr<const machine_clock> time = std::make_shared<const machine_clock>();
  std::shared_ptr<event_log> log;
  std::shared_ptr<account_store> accounts;
  std::shared_ptr<view_store> views; ///< null where it cannot be had: then every view is folded
  std::shared_ptr<view_counts> counts = std::make_shared<view_counts>();
  std::unique_ptr<background_rebuild> rebuild;             ///< or null
  std::vector<std::unique_ptr<forward_auth>> applications; ///< one per unit, or none; outlive what they ask
  io_units units;
  unit_system_config system_config;
  caf::actor_system system;

  writer_actor writer;
  historian_actor historian;
  keeper_actor keeper; ///< where there is a store of views
  authenticator_actor authenticator;
  admin_actor admin;
  std::vector<routes_actor> routes;
  std::shared_ptr<const shards> actors;
  std::shared_ptr<projection_meters> meters = std::make_shared<projection_meters>();
  std::filesystem::path log_directory;
  std::unique_ptr<server> sockets;
  std::shared_ptr<btpay::demo> demo;
  std::optional<timer_id> demo_timer;
  std::string compat;
  std::string rules_file;
  std::atomic<bool> ready{false};
  bool stopped = false;

  result<void> open_store(const data_directory& where);
  void open_views(const std::filesystem::path& where, bool rebuild_them);
  void spawn_shards(const policies& rules, const config& settings);
  result<void> spawn_front(web_assets pages, const config& settings);
  result<void> add_identity(routes_services& front, const config& settings);
  result<void> reload() const;
  result<void> start_demo(const config& settings);
  void stop();

  template <class Request>
  void wait_for(const std::vector<user_actor>& whom);
  void end_actors();
  void keep_views_of_now(caf::scoped_actor& self) const;
};

result<void> assembly::parts::open_store(const data_directory& where) {
  auto opened = open_lmdb_event_log(where.log());
  if (!opened)
    return tl::unexpected(opened.error());
  log = std::move(*opened);
  log_directory = where.log();
  auto store = account_store::open(where.accounts());
  if (!store)
    return tl::unexpected(store.error());
  accounts = std::move(*store);
  return {};
}

/// A cache: the service does without it.
void assembly::parts::open_views(const std::filesystem::path& where, bool rebuild_them) {
  auto opened = view_store::open(where, view_store::use::serve);
  if (!opened)
    return spdlog::error("goes on without stored views: {}", opened.error().message);
  views = std::move(*opened);
  keeper = system.spawn<btpay::keeper, caf::detached>(views, std::string(log->epoch()), counts, keeper_limits{});
  units[0].every(keeper_tick, [asked = keeper] { caf::anon_send(asked, tick{}); });
  if (rebuild_them)
    rebuild = std::make_unique<background_rebuild>(log, views, accounts, time);
}

/// The actors that know users: on each io thread one set for its share of them.
void assembly::parts::spawn_shards(const policies& rules, const config& settings) {
  writer = system.spawn<btpay::writer, caf::detached>(log, time, writer_limits{});
  const auto for_users = std::make_shared<const user_services>(user_services{
      .log = log, .accounts = accounts, .time = time, .writer = writer, .policy = rules.decisions, .limits = {}});
  const auto for_views = std::make_shared<const projector_services>(
      projector_services{.log = log,
                         .time = time,
                         .policy = rules.views,
                         .repeat_unchanged_dashboard = settings.repeat_unchanged_dashboard,
                         .epoch = wire_epoch(log->epoch()),
                         .meters = meters,
                         .stored = views,
                         .keeper = keeper,
                         .counts = counts,
                         .codes = code_ids(rules)});
  const auto for_notes =
      std::make_shared<const notifier_services>(notifier_services{log, time, wire_epoch(log->epoch())});
  historian = system.spawn<btpay::historian, caf::detached>(
      std::make_shared<const historian_services>(historian_services{.log = log, .time = time, .policy = rules.views}));
  units[0].every(historian_tick, [asked = historian] { caf::anon_send(asked, tick{}); });
  std::vector<shard> all;
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto& unit = units[i];
    shard one;
    one.users = spawn_pinned<users>(system, unit, for_users);
    one.notifier = spawn_pinned<notifier>(system, unit, for_notes);
    for (const auto view : all_views) {
      auto& projector = one.projectors[static_cast<std::size_t>(view)];
      projector = spawn_projector(system, unit, view, for_views);
      caf::anon_send(writer, listen{projector});
    }
    caf::anon_send(writer, listen{one.notifier});
    one.historian = historian;
    one.bookkeeper = spawn_pinned<bookkeeper>(system, unit, for_views);
    caf::anon_send(writer, listen{one.bookkeeper});
    unit.every(bookkeeper_tick, [asked = one.bookkeeper] { caf::anon_send(asked, tick{}); });
    unit.every(projector_tick, [one] {
      for (const auto& projector : one.projectors)
        caf::anon_send(projector, tick{});
    });
    unit.every(users_tick, [sleepers = one.users] { caf::anon_send(sleepers, tick{}); });
    all.push_back(std::move(one));
  }
  actors = std::make_shared<const shards>(std::move(all));
}

/// The ways in for users whose log-in another application has.
result<void> assembly::parts::add_identity(routes_services& front, const config& settings) {
  front.login_url = settings.login_url;
  front.create_users = settings.create_users;
  front.jwt_cookie = settings.jwt_cookie;
  if (!settings.jwt_keys.empty()) {
    std::ifstream file(settings.jwt_keys, std::ios::binary);
    const std::string keys{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file)
      return refuse(errc::storage_failed, "cannot read " + settings.jwt_keys);
    auto verifier = jwt_verifier::make(keys, {settings.jwt_audience, settings.jwt_issuer});
    if (!verifier)
      return tl::unexpected(verifier.error());
    front.jwt = std::make_shared<const jwt_verifier>(std::move(*verifier));
  }
  if (settings.forward_auth.empty())
    return {};
  const auto url = forward_auth_url::parse(settings.forward_auth);
  if (!url)
    return tl::unexpected(url.error());
  for (std::size_t i = 0; i < units.size(); ++i)
    applications.push_back(std::make_unique<forward_auth>(units[i], *url));
  front.ask_application = [this](std::string cookies, const std::string& peer, forward_auth::answer then) {
    for (std::size_t i = 0; i < units.size(); ++i)
      if (&units[i] == io_unit::current())
        return applications[i]->ask(std::move(cookies), peer, std::move(then));
  };
  return {};
}

/// Any thread: what is read here never changes once the service is up.
result<void> assembly::parts::reload() const {
  const auto rules = make_policies(compat, rules_file);
  if (!rules) {
    spdlog::error("the rules stay as they were: {}", rules.error().message);
    return tl::unexpected(rules.error());
  }
  const policies_changed news{rules->decisions, rules->views, code_ids(*rules)};
  for (const auto& one : actors->all()) {
    caf::anon_send(one.users, news);
    for (const auto& projector : one.projectors)
      caf::anon_send(projector, news);
    caf::anon_send(one.bookkeeper, news);
  }
  caf::anon_send(historian, news);
  if (rebuild)
    rebuild->look(*rules);
  spdlog::info("took the rules anew");
  if (auto loaded = sockets->reload_tls(); !loaded) {
    spdlog::error("the certificate stays as it was: {}", loaded.error().message);
    return loaded;
  }
  return {};
}

/// The actors that meet the world.
result<void> assembly::parts::spawn_front(web_assets pages, const config& settings) {
  routes_services front;
  authenticator = system.spawn<btpay::authenticator, caf::detached>(accounts, time, front.session_age_max);
  if (auto added = add_identity(front, settings); !added)
    return added;
  admin = system.spawn<btpay::admin>(
      accounts, actors, [this](std::function<void(std::vector<open_socket>)> then) { sockets->list(std::move(then)); });
  front.actors = actors;
  front.accounts = accounts;
  front.time = time;
  front.authenticator = authenticator;
  front.admin = admin;
  front.pages = std::move(pages);
  front.metrics = [this] {
    return render_metrics({.sockets = *sockets,
                           .log = *log,
                           .log_directory = log_directory,
                           .projections = *meters,
                           .views = *counts,
                           .rebuild = rebuild ? &rebuild->state() : nullptr});
  };
  front.public_metrics = settings.public_metrics;
  front.test_echo = settings.test_echo;
  front.allowed_origins = settings.allowed_origins;
  front.allowed_hosts = settings.allowed_hosts;
  front.revoke = [this](const revocation& whose) { sockets->revoke(whose); };
  front.set_log_level = [](const std::string& level) -> result<void> {
    if (!is_log_level(level))
      return refuse(errc::invalid_value, "a level is one of trace, debug, info, warn, error");
    spdlog::set_level(spdlog::level::from_str(level));
    return {};
  };
  // As if an operator had sent the signal: there is one way to stop.
  front.drain = [this] {
    ready = false;
    ::kill(::getpid(), SIGTERM);
  };
  front.reload = [this] { return reload(); };
  front.epoch = wire_epoch(log->epoch());
  front.ready = [this] { return ready.load(std::memory_order_relaxed); };
  const auto shared = std::make_shared<const routes_services>(std::move(front));
  for (std::size_t i = 0; i < units.size(); ++i)
    routes.push_back(spawn_pinned<btpay::routes>(system, units[i], shared));
  return {};
}

result<void> assembly::parts::start_demo(const config& settings) {
  // Its password is known to everybody, so its role is for a machine of one's own.
  const auto role = is_this_machine(settings.listen_host) ? account_role::admin : account_role::member;
  auto prepared = btpay::demo::prepare(*accounts, actors, time, role);
  if (!prepared)
    return tl::unexpected(prepared.error());
  demo = std::make_shared<btpay::demo>(std::move(*prepared));
  demo->play_history();
  demo_timer = units[0].every(demo_tick, [playing = demo] { playing->play_moment(); });
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
  end_actors();
}

/// Lets every decision reach the disk, then ends who decides, who writes and who listens.
void assembly::parts::end_actors() {
  caf::scoped_actor self{system};
  const auto wait = [&self](const auto& whom) {
    self->request(whom, decisions_end_time, drain{})
        .receive(
            [](const drained&) {},
            [](const caf::error&) { spdlog::error("a part did not finish in time; nothing acknowledged is lost"); });
  };
  const auto end = [&self](auto& whom) {
    self->send_exit(whom, caf::exit_reason::user_shutdown);
    whom = nullptr;
  };
  if (actors)
    for (const auto& one : actors->all())
      wait(one.users);
  if (writer)
    wait(writer);
  if (keeper) {
    keep_views_of_now(self);
    wait(keeper);
  }
  for (auto& one : routes)
    end(one);
  routes.clear();
  if (authenticator)
    end(authenticator);
  if (admin)
    end(admin);
  if (actors)
    for (auto one : actors->all()) {
      end(one.users);
      end(one.notifier);
      end(one.bookkeeper);
      for (auto& projector : one.projectors)
        end(projector);
    }
  actors.reset();
  if (historian)
    end(historian);
  if (writer)
    end(writer);
  if (keeper)
    end(keeper);
}

/// All projectors hand over what they have, those of different threads at the same time.
void assembly::parts::keep_views_of_now(caf::scoped_actor& self) const {
  if (!actors)
    return;
  using asked = decltype(self->request(actors->all().front().projectors[0], decisions_end_time, drain{}));
  std::vector<asked> all;
  for (const auto& one : actors->all())
    for (const auto& projector : one.projectors)
      all.push_back(self->request(projector, decisions_end_time, drain{}));
  for (auto& one : all)
    one.receive([](const drained&) {}, [](const caf::error&) { spdlog::warn("not every view is kept"); });
}

result<std::unique_ptr<assembly>> assembly::start(const config& settings) {
  const data_directory where{settings.data};
  const auto rules = make_policies(settings.compat, settings.rules_file);
  if (!rules)
    return tl::unexpected(rules.error());
  auto pages = web_assets::load({settings.web.begin(), settings.web.end()});
  if (!pages)
    return tl::unexpected(pages.error());
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  auto all = std::make_unique<parts>(settings.threads != 0 ? settings.threads : cores);
  auto made = std::unique_ptr<assembly>(new assembly(std::move(all)));
  auto& p = *made->parts_;
  if (auto opened = p.open_store(where); !opened)
    return tl::unexpected(opened.error());
  p.compat = settings.compat;
  p.rules_file = settings.rules_file;
  p.open_views(where.views(), settings.rebuild_views);
  p.spawn_shards(*rules, settings);
  if (auto spawned = p.spawn_front(std::move(*pages), settings); !spawned)
    return tl::unexpected(spawned.error());
  if (settings.demo)
    if (auto playing = p.start_demo(settings); !playing)
      return tl::unexpected(playing.error());

  const auto opener = make_session_opener(p.system, std::make_shared<const session_services>(session_services{
                                                        p.actors, p.time, {}, wire_epoch(p.log->epoch()), p.log}));
  server_options sockets;
  sockets.host = settings.listen_host;
  sockets.port = settings.listen_port;
  sockets.admin_socket = where.admin_socket();
  if (auto added = add_doorway(sockets, settings); !added)
    return tl::unexpected(added.error());
  sockets.limit.connections_max = settings.connections_max;
  sockets.limit.connections_per_address_max = settings.connections_per_address_max;
  sockets.limit.connections_per_user_max = settings.connections_per_user_max;
  sockets.limit.commands_per_second = settings.commands_per_second;
  sockets.limit.accepts_per_second = settings.accepts_per_second;
  sockets.limit.send_buffer_bytes = settings.send_buffer_bytes;
  sockets.deflate = settings.deflate;
  p.sockets = std::make_unique<server>(p.units, p.routes, opener, sockets);
  const auto port = p.sockets->start();
  if (!port)
    return tl::unexpected(port.error());
  p.ready = true;
  if (p.rebuild)
    p.rebuild->look(*rules);
  if (auto written = write_port_file(settings.port_file, *port); !written)
    return tl::unexpected(written.error());
  std::printf("listening on %s://%s:%u\n", settings.tls_certificate.empty() ? "http" : "https",
              settings.listen_host.c_str(), static_cast<unsigned>(*port));
  if (p.demo)
    std::printf("log in as %s with the password %s\n", std::string(p.demo->first_user()).c_str(),
                std::string(demo_password).c_str());
  std::fflush(stdout);
  return made;
}

assembly::assembly(std::unique_ptr<parts> all) : parts_(std::move(all)) {}

assembly::~assembly() { stop(); }

result<void> assembly::reload() { return parts_->reload(); }

void assembly::stop() { parts_->stop(); }

} // namespace btpay
