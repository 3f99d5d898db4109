#include "tools/btpayd/assembly.hpp"
#include "tools/btpayd/config.hpp"
#include "tools/common/exit_codes.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <pthread.h>

namespace {

constexpr const char* program = "btpayd";

/// Blocks the signals that mean something to the service, for this thread and all that it will start, so that it can
/// wait for them.
sigset_t block_signals() {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGINT);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  return awaited;
}

int serve(const btpay::config& settings) {
  const auto awaited = block_signals();
  auto service = btpay::assembly::start(settings);
  if (!service)
    return btpay::fail(program, service.error());
  int signal = 0;
  while (sigwait(&awaited, &signal) != 0 || signal == SIGHUP)
    if (signal == SIGHUP)
      static_cast<void>((*service)->reload()); // The log tells what came of it.
  // A second signal ends at once: what is acknowledged is on disk anyway.
  std::signal(SIGINT, [](int) { std::_Exit(btpay::exit_failed); });
  std::signal(SIGTERM, [](int) { std::_Exit(btpay::exit_failed); });
  pthread_sigmask(SIG_UNBLOCK, &awaited, nullptr);
  spdlog::info("stopping");
  (*service)->stop();
  return btpay::exit_done;
}

} // namespace

int main(int argc, char** argv) {
  const auto parsed = btpay::parse_config(argc, argv);
  if (!parsed.value)
    return parsed.exit_code;
  spdlog::set_default_logger(spdlog::stderr_logger_mt(program));
  spdlog::set_level(spdlog::level::from_str(parsed.value->log_level));
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return serve(*parsed.value);
  } catch (const std::exception& error) {
    return btpay::fail(program, error.what());
  }
}
