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
  app.add_option("--connections-max", read.connections_max, "Connections served at once")
      ->envname("BTPAY_CONNECTIONS_MAX");
  app.add_flag("--demo", read.demo, "Make a few users and play card payments for them");
  if (const auto ended = parse_command_line(app, "btpayd", argc, argv))
    return {std::nullopt, *ended};
  read.repeat_unchanged_dashboard = push_dashboard == "always";
  return {std::move(read), exit_done};
}

} // namespace btpay
