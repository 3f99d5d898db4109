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

/// Blocks the signals that are for the service, for this thread and all that it will start, so that `sigwait` gets
/// them.
sigset_t block_signals() {
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  return ours;
}

int serve(const btpay::config& settings) {
  const auto ours = block_signals();
  auto service = btpay::assembly::start(settings);
  if (!service)
    return btpay::fail(program, service.error());
  int signal = 0;
  while (sigwait(&ours, &signal) == 0 && signal == SIGHUP)
    (*service)->reload();
  // A second signal ends at once: what is acknowledged is on disk anyway.
  std::signal(SIGINT, [](int) { std::_Exit(btpay::exit_failed); });
  std::signal(SIGTERM, [](int) { std::_Exit(btpay::exit_failed); });
  pthread_sigmask(SIG_UNBLOCK, &ours, nullptr);
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
