#include "tools/btpayd/front_actors.hpp"

#include "actors/authenticator.hpp"
#include "actors/spawn.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace btpay {

namespace {

result<void> set_log_level(const std::string& level) {
  constexpr std::array names{std::string_view("trace"), std::string_view("debug"), std::string_view("info"),
                             std::string_view("warn"), std::string_view("error")};
  if (std::ranges::find(names, level) == names.end())
    return refuse(errc::invalid_value, "a level is one of trace, debug, info, warn, error");
  spdlog::set_level(spdlog::level::from_str(level));
  return {};
}

result<std::shared_ptr<const jwt_verifier>> read_jwt_keys(const config& settings) {
  std::ifstream file(settings.jwt_keys, std::ios::binary);
  const std::string keys{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file)
    return refuse(errc::storage_failed, "cannot read " + settings.jwt_keys);
  auto verifier = jwt_verifier::make(keys, {settings.jwt_audience, settings.jwt_issuer});
  if (!verifier)
    return tl::unexpected(verifier.error());
  return std::make_shared<const jwt_verifier>(std::move(*verifier));
}

} // namespace

result<void> front_actors::spawn(caf::actor_system& system, io_units& units, routes_services services,
                                 admin::socket_lister sockets, const config& settings) {
  authenticator_ =
      system.spawn<authenticator, caf::detached>(services.accounts, services.time, services.session_age_max);
  if (auto added = add_identity(services, units, settings); !added)
    return added;
  admin_ = system.spawn<admin>(services.accounts, services.actors, std::move(sockets));
  services.authenticator = authenticator_;
  services.admin = admin_;
  services.public_metrics = settings.public_metrics;
  services.test_echo = settings.test_echo;
  services.allowed_origins = settings.allowed_origins;
  services.allowed_hosts = settings.allowed_hosts;
  services.set_log_level = set_log_level;
  const auto shared = std::make_shared<const routes_services>(std::move(services));
  for (std::size_t i = 0; i < units.size(); ++i)
    routes_.push_back(spawn_pinned<btpay::routes>(system, units[i], shared));
  return {};
}

/// The ways in for users whose log-in another application has.
result<void> front_actors::add_identity(routes_services& services, io_units& units, const config& settings) {
  services.login_url = settings.login_url;
  services.create_users = settings.create_users;
  services.jwt_cookie = settings.jwt_cookie;
  if (!settings.jwt_keys.empty()) {
    auto verifier = read_jwt_keys(settings);
    if (!verifier)
      return tl::unexpected(verifier.error());
    services.jwt = std::move(*verifier);
  }
  if (settings.forward_auth.empty())
    return {};
  const auto url = forward_auth_url::parse(settings.forward_auth);
  if (!url)
    return tl::unexpected(url.error());
  for (std::size_t i = 0; i < units.size(); ++i)
    applications_.push_back(std::make_unique<forward_auth>(units[i], *url));
  services.ask_application = [this, &units](std::string cookies, const std::string& peer, forward_auth::answer then) {
    for (std::size_t i = 0; i < units.size(); ++i)
      if (&units[i] == io_unit::current())
        return applications_[i]->ask(std::move(cookies), peer, std::move(then));
  };
  return {};
}

void front_actors::end() {
  constexpr auto ended = caf::exit_reason::user_shutdown;
  for (const auto& one : routes_)
    caf::anon_send_exit(one, ended);
  routes_.clear();
  caf::anon_send_exit(authenticator_, ended);
  authenticator_ = nullptr;
  caf::anon_send_exit(admin_, ended);
  admin_ = nullptr;
}

} // namespace btpay
