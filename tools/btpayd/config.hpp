#pragma once
/// What an operator can set: flags before environment (`BTPAY_*`) before the configuration file.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace btpay {

struct config {
  std::string data = "data";
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 8080; ///< 0: any free one
  std::string port_file;            ///< gets the port when the service accepts connections; empty for none
  std::size_t threads = 0;          ///< io threads; 0: one per core
  std::vector<std::string> web;     ///< directories of the pages and of what they load
  std::string compat;               ///< empty or "moneymanager"
  std::string rules_file;           ///< empty for the shipped rules
  std::string log_level = "info";   ///< trace, debug, info, warn, error
  bool demo = false;
  bool repeat_unchanged_dashboard = true; ///< `push.dashboard`: every five seconds, or only `on_change`
  std::size_t connections_max = 100'000;
  std::size_t connections_per_address_max = 1'000; ///< loopback is not counted
  std::size_t connections_per_user_max = 20'000;
  std::uint32_t commands_per_second = 100'000; ///< of one WebSocket; 0: any
  std::uint32_t accepts_per_second = 20'000;   ///< 0: any
  int send_buffer_bytes = 64 * 1024;           ///< of the kernel, for one connection; 0: as it likes
  bool deflate = false;                        ///< whether clients may have permessage-deflate
  std::string tls_certificate;                 ///< PEM; empty: plain HTTP
  std::string tls_key;
  std::vector<std::string> trusted_proxies; ///< addresses or networks
  bool proxy_protocol = false;
  std::vector<std::string> allowed_origins; ///< beside the service's own
  std::vector<std::string> allowed_hosts;   ///< empty: any
  std::string login_url = "/login";
  std::string jwt_keys; ///< a file with a JWK or a JWK Set; empty: no JWT
  std::string jwt_audience;
  std::string jwt_issuer;
  std::string jwt_cookie;
  std::string forward_auth; ///< URL; empty: none
  bool create_users = false;
  bool public_metrics = false; ///< whether anybody may read `/metrics`
  bool rebuild_views = true;   ///< in the background, where they are of other code or rules
  bool test_echo = false;      ///< whether loopback finds `/ws/echo`
};

/// The configuration, or the exit code where the program is to end (after `--help`, or a wrong flag).
struct parsed_config {
  std::optional<config> value;
  int exit_code = 0;
};
parsed_config parse_config(int argc, char** argv);

} // namespace btpay
