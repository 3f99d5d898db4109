/// One user with many WebSockets, of which some stop reading. Posts payments, and measures how long it takes until each
/// reader has heard of each, and what that costs the server's memory; then lets the slow ones read on, and looks
/// whether they end with the same views as the others. Prints one line of JSON.

#include "bench/websocket_pool.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace btpay::bench;
using monotonic = std::chrono::steady_clock;

struct settings {
  std::uint16_t port = 0;
  std::size_t connections = 10'000;
  std::size_t slow = 0;
  int payments = 30;
  std::string cookie, token, user;
  int server = 0;
};

/// The part of a view's message that does not tell when it was sent.
std::string_view without_time(std::string_view message) { return message.substr(0, message.rfind(",\"timestamp\"")); }

class fan_out {
public:
  explicit fan_out(const settings& wanted)
      : wanted_(wanted),
        last_(wanted.connections),
        pool_(
            {.port = wanted.port, .cookie = wanted.cookie, .clients = wanted.connections, .small_buffers = wanted.slow},
            [this](std::size_t which, std::string_view message) { hear(which, message); }) {}

  void run() {
    pool_.connect_all();
    settle();
    resident_before_ = resident_bytes(wanted_.server);
    for (std::size_t i = 0; i < wanted_.slow; ++i)
      pool_.pause(i);
    const int door = connect_to(wanted_.port);
    for (int i = 0; i < wanted_.payments; ++i)
      pay(door, i);
    ::close(door);
    resident_after_ = resident_bytes(wanted_.server);
    for (std::size_t i = 0; i < wanted_.slow; ++i)
      pool_.resume(i);
    settle();
    report();
  }

private:
  /// Posts one payment, and reads until all readers have heard of it.
  void pay(int door, int number) {
    const auto body = R"({"external_id":"fan-)" + std::to_string(number) + R"(","source":"bench","user":")" +
                      wanted_.user + R"(","date":"2026-02-04T12:)" + std::to_string(10 + number % 50) +
                      R"(:00Z","amount":"-1.00","currency":"RON","description":"BT Pay - Lidl"})";
    awaited_ = wanted_.connections - wanted_.slow;
    heard_.assign(wanted_.connections, false);
    posted_at_ = monotonic::now();
    send_whole(door, "POST /api/v1/transactions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + wanted_.token +
                         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const auto give_up = posted_at_ + std::chrono::seconds(60);
    while (awaited_ != 0) {
      pool_.turn(100);
      if (monotonic::now() > give_up)
        throw std::runtime_error(std::to_string(awaited_) + " readers have not heard of a payment within a minute");
    }
    awaited_ = 0;
    char answer[4096];
    const auto got = ::recv(door, answer, sizeof answer, 0);
    if (got < 12 || std::string_view(answer, static_cast<std::size_t>(got)).substr(9, 3) != "200")
      throw std::runtime_error("a payment was not taken");
  }

  void hear(std::size_t which, std::string_view message) {
    if (!message.starts_with(R"({"type":"pending_update")"))
      return;
    last_[which] = std::hash<std::string_view>{}(without_time(message));
    if (which < wanted_.slow || awaited_ == 0 || heard_[which])
      return;
    heard_[which] = true;
    --awaited_;
    latencies_.push_back(std::chrono::duration<double, std::milli>(monotonic::now() - posted_at_).count());
  }

  /// Reads until the five-second messages are all that comes.
  void settle() {
    const auto end = monotonic::now() + std::chrono::seconds(7);
    while (monotonic::now() < end)
      pool_.turn(100);
  }

  void report() {
    std::sort(latencies_.begin(), latencies_.end());
    const auto quantile = [&](double q) {
      return latencies_[static_cast<std::size_t>(q * static_cast<double>(latencies_.size() - 1))];
    };
    std::size_t closed = 0, converged = 0;
    for (std::size_t i = 0; i < wanted_.slow; ++i) {
      closed += pool_.is_closed(i);
      converged += !pool_.is_closed(i) && last_[i] == last_.back();
    }
    std::printf("{\"connections\":%zu,\"slow\":%zu,\"payments\":%d,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f,"
                "\"resident_mb_before\":%.1f,\"resident_mb_after\":%.1f,\"slow_closed\":%zu,\"slow_converged\":%zu}\n",
                wanted_.connections, wanted_.slow, wanted_.payments, quantile(0.5), quantile(0.99), latencies_.back(),
                resident_before_ / 1e6, resident_after_ / 1e6, closed, converged);
  }

  const settings& wanted_;
  std::vector<std::size_t> last_; ///< hash of the last pending view that each client got
  websocket_pool pool_;
  std::vector<bool> heard_; ///< of the payment at hand
  std::size_t awaited_ = 0; ///< readers that have not
  monotonic::time_point posted_at_;
  std::vector<double> latencies_; ///< milliseconds
  double resident_before_ = 0, resident_after_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  settings wanted;
  CLI::App app("Measures how soon many sockets of one user hear of payments while some do not read.");
  app.add_option("--port", wanted.port, "of the server on 127.0.0.1")->required();
  app.add_option("--connections", wanted.connections, "WebSockets to open")->capture_default_str();
  app.add_option("--slow", wanted.slow, "of them that stop reading")->capture_default_str();
  app.add_option("--payments", wanted.payments,
                 "to post, one after the other, each newer than the one before; at most 50")
      ->check(CLI::Range(1, 50))
      ->capture_default_str();
  app.add_option("--cookie", wanted.cookie, "header, such as sessionid=…")->required();
  app.add_option("--token", wanted.token, "of scope ingest")->required();
  app.add_option("--user", wanted.user, "whose sockets and payments")->required();
  app.add_option("--server", wanted.server, "process id, to measure its memory");
  CLI11_PARSE(app, argc, argv);
  try {
    raise_file_limit();
    fan_out(wanted).run();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "fan_out: %s\n", failure.what());
    return 2;
  }
}
