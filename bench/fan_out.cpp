/// One user with many WebSockets subscribed to deltas, of which some stop reading. Posts payments, and measures how
/// long it takes until each reader has heard of each, and what that costs the server's memory; then lets the slow ones
/// read on, folds what each of them got, and looks whether they end with the same views as a reader. Prints one line of
/// JSON.

#include "bench/websocket_pool.hpp"
#include "projections/canonical.hpp"
#include "tests/projections/delta_fold.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace btpay::bench;
using monotonic = std::chrono::steady_clock;

struct settings {
  std::uint16_t port = 0;
  std::size_t connections = 10'000;
  std::size_t slow = 0;
  int payments = 150;
  std::size_t description_bytes = 200;
  std::int64_t now = 0;
  std::string cookie, token, user;
  int server = 0;
};

using btpay::view_kind;
using nlohmann::json;

constexpr std::array<std::pair<std::string_view, view_kind>, 4> views{{{"dashboard_", view_kind::dashboard},
                                                                       {"pending_", view_kind::pending},
                                                                       {"hourly_", view_kind::hourly},
                                                                       {"category_", view_kind::categories}}};

/// What a client has after all that it was sent, as docs/PROTOCOL.md tells it to fold.
struct folded {
  std::array<json, 4> data;
  std::array<json, 4> seq;
  std::size_t wholes = 0; ///< views that came whole
  bool broken = false;    ///< a delta did not apply, or a hash was wrong

  void take(std::string_view text) {
    const auto message = json::parse(text);
    const auto& type = message.at("type").get_ref<const std::string&>();
    const auto found =
        std::find_if(views.begin(), views.end(), [&](const auto& one) { return type.starts_with(one.first); });
    if (found == views.end())
      return;
    const auto view = static_cast<std::size_t>(found->second);
    if (type.ends_with("_update")) {
      data[view] = message.at("data");
      ++wholes;
    } else if (message.at("prev") != seq[view]) {
      broken = true;
    } else {
      btpay::testing::fold_delta(found->second, data[view], message);
      broken |= message.contains("hash") && message.at("hash") != btpay::view_hash(data[view].dump());
    }
    seq[view] = message.at("seq");
  }
};

class fan_out {
public:
  explicit fan_out(const settings& wanted)
      : wanted_(wanted),
        kept_(wanted.slow + 1),
        pool_({.port = wanted.port,
               .path = "/ws/btpay/live/?level=2",
               .cookie = wanted.cookie,
               .clients = wanted.connections,
               .small_buffers = wanted.slow},
              [this](std::size_t which, std::string_view message) { hear(which, message); }) {}

  void run() {
    pool_.connect_all();
    const auto subscribe = masked_text_frame(
        R"({"command":"subscribe","deltas":true,"views":["dashboard","pending","hourly","categories"]})");
    for (std::size_t i = 0; i < wanted_.connections; ++i)
      pool_.send(i, subscribe);
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
  /// As RFC 3339; later with each number.
  std::string moment(int number) const {
    const auto when = static_cast<std::time_t>(wanted_.now) - wanted_.payments + number;
    std::tm parts{};
    ::gmtime_r(&when, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
  }

  /// Posts one payment, and reads until all readers have heard of it.
  void pay(int door, int number) {
    const auto body = R"({"external_id":"fan-)" + std::to_string(number) + R"(","source":"bench","user":")" +
                      wanted_.user + R"(","date":")" + moment(number) +
                      R"(","amount":"-1.00","currency":"RON","description":"BT Pay - Lidl )" +
                      std::string(wanted_.description_bytes, 'x') + "\"}";
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
    ++messages_;
    if (which < wanted_.slow)
      kept_[which].emplace_back(message);
    else if (which + 1 == wanted_.connections)
      kept_.back().emplace_back(message);
    if (!message.starts_with(R"({"type":"pending_)"))
      return;
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
    const auto reader = fold(kept_.back());
    if (reader.broken)
      throw std::runtime_error("a reader's deltas do not fold");
    std::size_t closed = 0, converged = 0, conflated = 0;
    for (std::size_t i = 0; i < wanted_.slow; ++i) {
      const auto slow = fold(kept_[i]);
      closed += pool_.is_closed(i);
      conflated += slow.wholes > views.size();
      converged += !pool_.is_closed(i) && !slow.broken && slow.data == reader.data && slow.seq == reader.seq;
    }
    std::printf("{\"connections\":%zu,\"slow\":%zu,\"payments\":%d,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f,"
                "\"resident_mb_before\":%.1f,\"resident_mb_after\":%.1f,\"slow_closed\":%zu,\"slow_conflated\":%zu,"
                "\"slow_converged\":%zu,"
                "\"messages\":%zu}\n",
                wanted_.connections, wanted_.slow, wanted_.payments, quantile(0.5), quantile(0.99), latencies_.back(),
                resident_before_ / 1e6, resident_after_ / 1e6, closed, conflated, converged, messages_);
  }

  static folded fold(const std::vector<std::string>& messages) {
    folded state;
    for (const auto& each : messages)
      state.take(each);
    return state;
  }

  const settings& wanted_;
  std::vector<std::vector<std::string>> kept_; ///< all messages of each slow client, then of one reader
  websocket_pool pool_;
  std::vector<bool> heard_;  ///< of the payment at hand
  std::size_t awaited_ = 0;  ///< readers that have not
  std::size_t messages_ = 0; ///< that all clients got
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
  app.add_option("--payments", wanted.payments, "to post, one after the other, each newer than the one before")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--description-bytes", wanted.description_bytes, "of each payment, so of each delta")
      ->capture_default_str();
  app.add_option("--now", wanted.now, "seconds since 1970, before which the payments were made")->required();
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
