/// The load: keeps one ping in flight on each of so many WebSockets and measures messages per second, latency, and what
/// the server spent on a message; or opens them and lets them be, and measures the server's memory.

#include "bench/websocket_pool.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace btpay::bench;

using monotonic = std::chrono::steady_clock;

struct settings {
  std::uint16_t port = 0;
  std::size_t connections = 1;
  double seconds = 5;
  double warm_up_seconds = 1;
  std::string path = "/ws/btpay/live/";
  std::string cookie;
  std::string message = R"({"command":"ping"})";
  std::string answer = R"({"type":"pong")";
  int server = 0;
  int core = -1;
  bool idle = false;
};

/// Keeps one message in flight on each connection, once it is told to.
class load {
public:
  explicit load(const settings& wanted)
      : wanted_(wanted),
        ping_(masked_text_frame(wanted.message)),
        sent_at_(wanted.connections),
        pool_({.port = wanted.port, .path = wanted.path, .cookie = wanted.cookie, .clients = wanted.connections},
              [this](std::size_t which, std::string_view message) { on_message(which, message); }) {}

  void connect_all() { pool_.connect_all(); }

  void run_for(double seconds) {
    const auto end = monotonic::now() + std::chrono::duration<double>(seconds);
    while (monotonic::now() < end) {
      pool_.turn(100);
      if (pool_.closed() != 0)
        throw std::runtime_error("the server ended a connection");
    }
  }

  void start_pinging() {
    pinging_ = true;
    for (std::size_t i = 0; i < sent_at_.size(); ++i)
      send_ping(i);
  }

  void reset_figures() {
    latencies_.clear();
    latencies_.reserve(8'000'000);
  }
  std::vector<std::uint32_t>& latencies() { return latencies_; }

private:
  void send_ping(std::size_t which) {
    sent_at_[which] = monotonic::now();
    pool_.send(which, ping_);
  }

  void on_message(std::size_t which, std::string_view message) {
    if (!pinging_ || !message.starts_with(wanted_.answer))
      return;
    latencies_.push_back(static_cast<std::uint32_t>((monotonic::now() - sent_at_[which]).count()));
    send_ping(which);
  }

  const settings& wanted_;
  const std::string ping_;
  std::vector<monotonic::time_point> sent_at_;
  websocket_pool pool_;
  bool pinging_ = false;
  std::vector<std::uint32_t> latencies_; ///< nanoseconds
};

void measure_pings(const settings& wanted) {
  load made(wanted);
  made.connect_all();
  made.start_pinging();
  made.run_for(wanted.warm_up_seconds);
  made.reset_figures();
  const auto cpu_before = cpu_seconds(wanted.server);
  const auto begin = monotonic::now();
  made.run_for(wanted.seconds);
  const auto seconds = std::chrono::duration<double>(monotonic::now() - begin).count();
  const auto cpu = cpu_seconds(wanted.server) - cpu_before;
  auto& latencies = made.latencies();
  if (latencies.empty())
    throw std::runtime_error("no answer to any ping");
  std::sort(latencies.begin(), latencies.end());
  const auto quantile = [&](double q) {
    return latencies[static_cast<std::size_t>(q * static_cast<double>(latencies.size() - 1))] / 1e3;
  };
  const auto messages = static_cast<double>(latencies.size());
  std::printf("{\"connections\":%zu,\"messages_per_s\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"cpu_us\":%.3f}\n",
              wanted.connections, messages / seconds, quantile(0.5), quantile(0.99), cpu / messages * 1e6);
}

void measure_idle(const settings& wanted) {
  const auto before = resident_bytes(wanted.server);
  load made(wanted);
  made.connect_all();
  made.run_for(wanted.seconds);
  const auto after = resident_bytes(wanted.server);
  std::printf("{\"connections\":%zu,\"resident_before\":%.0f,\"resident_after\":%.0f,\"bytes_each\":%.0f}\n",
              wanted.connections, before, after, (after - before) / static_cast<double>(wanted.connections));
}

void run_on(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0)
    fail("sched_setaffinity");
}

} // namespace

int main(int argc, char** argv) {
  settings wanted;
  CLI::App app("Loads a WebSocket server and measures what it costs; prints one line of JSON.");
  app.add_option("--port", wanted.port, "of the server on 127.0.0.1")->required();
  app.add_option("--connections", wanted.connections, "WebSockets to open")->capture_default_str();
  app.add_option("--seconds", wanted.seconds, "to measure")->capture_default_str();
  app.add_option("--warm-up", wanted.warm_up_seconds, "seconds before that")->capture_default_str();
  app.add_option("--path", wanted.path, "of the WebSocket")->capture_default_str();
  app.add_option("--cookie", wanted.cookie, "header, such as sessionid=…");
  app.add_option("--message", wanted.message, "to send")->capture_default_str();
  app.add_option("--answer", wanted.answer, "how the answer to it begins")->capture_default_str();
  app.add_option("--server", wanted.server, "process id, to measure its CPU and memory");
  app.add_option("--core", wanted.core, "to run on; the server should be on another");
  app.add_flag("--idle", wanted.idle, "send nothing; measure the server's memory for each connection");
  CLI11_PARSE(app, argc, argv);
  try {
    if (wanted.core >= 0)
      run_on(wanted.core);
    raise_file_limit();
    wanted.idle ? measure_idle(wanted) : measure_pings(wanted);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "ws_load: %s\n", failure.what());
    return 2;
  }
}
