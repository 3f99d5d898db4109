#pragma once
/// How a command-line tool talks to the running service: one HTTP request over its admin socket. Blocks; any thread.

#include <tl/expected.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace btpay {

struct http_reply {
  unsigned status = 0;
  std::string body;
};

struct admin_call_failure {
  /// No socket, or nobody behind it: no service runs on this data directory, so the store may be opened directly.
  bool not_running = false;
  std::string message;
};

/// `method` such as "POST"; `json` empty: no body. The time is for all of it.
tl::expected<http_reply, admin_call_failure> call_service(const std::filesystem::path& socket, std::string_view method,
                                                          std::string_view target, std::string json,
                                                          std::chrono::milliseconds time);

} // namespace btpay
