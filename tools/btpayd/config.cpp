#include "tools/btpayd/config.hpp"

#include "tools/common/command_line.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <string_view>

namespace btpay {

namespace {

/// Splits HOST:PORT; an IPv6 host stands in brackets. Gives an error text, or nothing.
std::string read_listen(const std::string& text, config& into) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return "--listen wants HOST:PORT, such as 127.0.0.1:8080";
  into.listen_host = text.substr(0, colon);
  if (into.listen_host.front() == '[' && into.listen_host.back() == ']')
    into.listen_host = into.listen_host.substr(1, into.listen_host.size() - 2);
  const auto port = std::string_view(text).substr(colon + 1);
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), into.listen_port);
  if (error != std::errc{} || rest != port.data() + port.size())
    return "--listen wants a port from 0 to 65535";
  return {};
}

void add_limits(CLI::App& app, config& read) {
  app.add_option("--connections-max", read.connections_max, "Connections served at once")
      ->envname("BTPAY_CONNECTIONS_MAX");
  app.add_option("--connections-per-address-max", read.connections_per_address_max,
                 "Connections of one address; loopback is not counted")
      ->envname("BTPAY_CONNECTIONS_PER_ADDRESS_MAX");
  app.add_option("--connections-per-user-max", read.connections_per_user_max, "WebSockets of one account")
      ->envname("BTPAY_CONNECTIONS_PER_USER_MAX");
  app.add_option("--commands-per-second", read.commands_per_second, "Commands of one WebSocket; 0 for any number")
      ->envname("BTPAY_COMMANDS_PER_SECOND");
  app.add_option("--accepts-per-second", read.accepts_per_second, "Connections accepted; 0 for any number")
      ->envname("BTPAY_ACCEPTS_PER_SECOND");
  app.add_option("--send-buffer-bytes", read.send_buffer_bytes,
                 "What the kernel may hold for a client that does not read; 0 lets it choose")
      ->envname("BTPAY_SEND_BUFFER_BYTES")
      ->check(CLI::Range(0, 64 * 1024 * 1024));
  app.add_flag("--deflate", read.deflate, "Compress WebSockets (permessage-deflate) whose clients ask for it")
      ->envname("BTPAY_DEFLATE");
  app.add_flag("--test-echo", read.test_echo, "For conformance tests: /ws/echo for clients on this machine");
}

void add_identity(CLI::App& app, config& read) {
  app.add_option("--login-url", read.login_url, "Where pages send who is not logged in")->envname("BTPAY_LOGIN_URL");
  app.add_option("--jwt-keys", read.jwt_keys,
                 "JWK or JWK Set file; its tokens (HS256, RS256, ES256) let their `sub` in")
      ->envname("BTPAY_JWT_KEYS");
  app.add_option("--jwt-audience", read.jwt_audience, "What `aud` of such a token has to name")
      ->envname("BTPAY_JWT_AUDIENCE");
  app.add_option("--jwt-issuer", read.jwt_issuer, "What `iss` of such a token has to be")->envname("BTPAY_JWT_ISSUER");
  app.add_option("--jwt-cookie", read.jwt_cookie, "Cookie that may hold such a token")->envname("BTPAY_JWT_COOKIE");
  app.add_option("--forward-auth", read.forward_auth,
                 "http:// URL that is asked, with the client's cookies, who it is: {\"username\":NAME}")
      ->envname("BTPAY_FORWARD_AUTH");
  app.add_flag("--create-users", read.create_users, "Give whom JWT or forward-auth vouches for an account")
      ->envname("BTPAY_CREATE_USERS");
}

void add_doorway(CLI::App& app, config& read) {
  auto* certificate =
      app.add_option("--tls-cert", read.tls_certificate, "Certificate chain, PEM; SIGHUP reads it again")
          ->envname("BTPAY_TLS_CERT");
  auto* key = app.add_option("--tls-key", read.tls_key, "Its key, PEM")->envname("BTPAY_TLS_KEY");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--allow-origin", read.allowed_origins, "Origin of another site that may use this one, in full")
      ->envname("BTPAY_ALLOW_ORIGIN")
      ->delimiter(',');
  app.add_option("--allow-host", read.allowed_hosts, "Name that this service goes by; without one: any")
      ->envname("BTPAY_ALLOW_HOST")
      ->delimiter(',');
  app.add_flag("--public-metrics", read.public_metrics, "Let anybody read /metrics, not this machine and tokens alone")
      ->envname("BTPAY_PUBLIC_METRICS");
  app.add_option("--trusted-proxy", read.trusted_proxies, "Address or network whose X-Forwarded-For and -Proto count")
      ->envname("BTPAY_TRUSTED_PROXY")
      ->delimiter(',');
  app.add_flag("--proxy-protocol", read.proxy_protocol, "Connections of trusted proxies begin with a PROXY header")
      ->envname("BTPAY_PROXY_PROTOCOL");
}

} // namespace

parsed_config parse_config(int argc, char** argv) {
  config read;
  read.web = {BTPAY_SOURCE_DIRECTORY "/web", BTPAY_SOURCE_DIRECTORY "/clients/js/src",
              "/usr/share/javascript/chart.js/chart.min.js"};
  std::string push_dashboard = "always";
  CLI::App app{"Real-time push server for personal-finance transactions.", "btpayd"};
  app.set_version_flag("--version", "btpayd " BTPAY_VERSION);
  app.set_config("--config", "", "Configuration file (TOML or INI); flags and BTPAY_* go before it")
      ->envname("BTPAY_CONFIG");
  app.add_option("--data", read.data, "Data directory")->envname("BTPAY_DATA");
  app.add_option_function<std::string>(
         "--listen",
         [&read](const std::string& text) {
           if (const auto error = read_listen(text, read); !error.empty())
             throw CLI::ValidationError(error);
         },
         "HOST:PORT to accept connections on; port 0 takes a free one")
      ->envname("BTPAY_LISTEN");
  app.add_option("--port-file", read.port_file, "File that gets the port when the service accepts connections")
      ->envname("BTPAY_PORT_FILE");
  app.add_option("--threads", read.threads, "io threads; 0 for one per core")->envname("BTPAY_THREADS");
  app.add_option("--web", read.web, "Directories and files of the pages and of what they load")
      ->envname("BTPAY_WEB")
      ->delimiter(':');
  app.add_option("--compat", read.compat, "Preset of another system: moneymanager")->envname("BTPAY_COMPAT");
  app.add_option("--rules", read.rules_file, "Merchant and category rules instead of the shipped ones")
      ->envname("BTPAY_RULES");
  app.add_option("--log-level", read.log_level, "What to log")
      ->envname("BTPAY_LOG_LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
  app.add_option("--push.dashboard", push_dashboard, "The five-second dashboard: always, or only on_change")
      ->envname("BTPAY_PUSH_DASHBOARD")
      ->check(CLI::IsMember({"always", "on_change"}));
  app.add_flag("--rebuild-views,!--no-rebuild-views", read.rebuild_views,
               "Rebuild stored views in the background where they are of other code or rules; the default")
      ->envname("BTPAY_REBUILD_VIEWS");
  add_limits(app, read);
  add_identity(app, read);
  add_doorway(app, read);
  app.add_flag("--demo", read.demo, "Make a few users and play card payments for them");
  if (const auto ended = parse_command_line(app, "btpayd", argc, argv))
    return {std::nullopt, *ended};
  read.repeat_unchanged_dashboard = push_dashboard == "always";
  return {std::move(read), exit_done};
}

} // namespace btpay
