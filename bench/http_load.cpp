// Posts batches of transactions over keep-alive connections, all on one thread and one epoll, so that the load costs
// less than the server that it measures. Measures acknowledged events per second: with btpayd those are durable.
// http_load --port P --token T --user U --in-flight N --rows R --seconds S
// Prints one JSON line. The server's CPU time is read from /proc where --pid is given.

#include "bench/loopback.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <vector>

using namespace btpay::bench;

namespace {

using steady = std::chrono::steady_clock;

struct options {
  std::uint16_t port = 0;
  std::string token;
  std::vector<std::string> users;
  unsigned in_flight = 1;
  unsigned rows = 64;
  double seconds = 5;
  int pid = 0;
};

/// One connection, with at most one request in flight.
class client {
public:
  client(const options& wanted, std::string user, std::string prefix)
      : wanted_(wanted), user_(std::move(user)), prefix_(std::move(prefix)), socket_(connect_to(wanted.port)) {}
  ~client() { ::close(socket_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  int socket() const noexcept { return socket_; }

  void post() {
    const auto body = batch();
    const auto request = "POST /api/v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                         "Authorization: Bearer " +
                         wanted_.token + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    answer_.clear();
    sent_at_ = steady::now();
    send_whole(socket_, request);
  }

  /// Reads what has come: whether that was the last of the answer, which must say that all rows were accepted.
  bool receive() {
    char part[16 * 1024];
    const auto got = ::recv(socket_, part, sizeof part, 0);
    if (got <= 0)
      throw std::runtime_error("the server hung up");
    answer_.append(part, static_cast<std::size_t>(got));
    const auto head = answer_.find("\r\n\r\n");
    if (head == std::string::npos)
      return false;
    const auto length = answer_.find("ontent-Length: ");
    if (length > head)
      throw std::runtime_error("no length: " + answer_.substr(0, 300));
    if (answer_.size() < head + 4 + std::stoul(answer_.substr(length + 15)))
      return false;
    if (!answer_.starts_with("HTTP/1.1 200") || answer_.find(accepted_all(), head) == std::string::npos)
      throw std::runtime_error("not all accepted: " + answer_.substr(0, 300));
    return true;
  }

  double microseconds() const { return std::chrono::duration<double, std::micro>(steady::now() - sent_at_).count(); }

private:
  std::string accepted_all() const { return "\"accepted\":" + std::to_string(wanted_.rows); }

  /// Rows whose stored form is about 200 bytes.
  std::string batch() {
    std::string body = R"({"transactions":[)";
    for (unsigned i = 0; i < wanted_.rows; ++i) {
      if (i != 0)
        body += ',';
      body += R"({"user":")" + user_ + R"(","source":"bench","external_id":")" + prefix_ + std::to_string(next_++) +
              R"(","date":"2026-02-04T12:30:00Z","amount":"-12.30","currency":"RON",)"
              R"("description":"BT Pay - Mega Image 0412 Bucuresti, card 1234"})";
    }
    return body + "]}";
  }

  const options& wanted_;
  std::string user_;
  std::string prefix_;
  int socket_;
  std::string answer_;
  std::uint64_t next_ = 0;
  steady::time_point sent_at_{};
};

/// Keeps a request in flight on each connection until the time is over, then waits for the last answers. Gives how long
/// each took.
std::vector<double> run(std::vector<std::unique_ptr<client>>& clients, steady::time_point end) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0)
    fail("epoll_create1");
  for (std::size_t which = 0; which < clients.size(); ++which) {
    watch(epoll, clients[which]->socket(), which);
    clients[which]->post();
  }
  std::vector<double> latencies;
  for (auto waiting = clients.size(); waiting > 0;) {
    constexpr int patience_ms = 60'000;
    epoll_event events[256];
    const int ready = ::epoll_wait(epoll, events, 256, patience_ms);
    if (ready < 0)
      fail("epoll_wait");
    if (ready == 0)
      throw std::runtime_error("the server does not answer");
    for (int i = 0; i < ready; ++i) {
      auto& one = *clients[events[i].data.u64];
      if (!one.receive())
        continue;
      latencies.push_back(one.microseconds());
      if (steady::now() < end)
        one.post();
      else
        --waiting;
    }
  }
  ::close(epoll);
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

void measure(const options& wanted) {
  const auto started = std::to_string(steady::now().time_since_epoch().count());
  std::vector<std::unique_ptr<client>> clients;
  for (unsigned number = 0; number < wanted.in_flight; ++number)
    clients.push_back(std::make_unique<client>(wanted, wanted.users[number % wanted.users.size()],
                                               started + "-" + std::to_string(number) + "-"));
  const auto used_before = cpu_seconds(wanted.pid);
  const auto begin = steady::now();
  const auto latencies =
      run(clients, begin + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(wanted.seconds)));
  const auto seconds = std::chrono::duration<double>(steady::now() - begin).count();
  const auto used = cpu_seconds(wanted.pid) - used_before;
  const auto at = [&](double share) {
    return latencies[static_cast<std::size_t>(share * double(latencies.size() - 1))];
  };
  const auto events = static_cast<double>(latencies.size()) * wanted.rows;
  std::printf(
      R"({"in_flight":%u,"rows":%u,"events_per_second":%.0f,"p50_us":%.0f,"p99_us":%.0f,"server_cpu_us_per_event":%.2f})"
      "\n",
      wanted.in_flight, wanted.rows, events / seconds, at(0.5), at(0.99), used / events * 1e6);
}

} // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Acknowledged events per second over HTTP."};
  app.add_option("--port", o.port)->required();
  app.add_option("--token", o.token)->required();
  app.add_option("--user", o.users)->required();
  app.add_option("--in-flight", o.in_flight)->check(CLI::Range(1, 4096));
  app.add_option("--rows", o.rows)->check(CLI::Range(1, 8192));
  app.add_option("--seconds", o.seconds)->check(CLI::Range(0.1, 60.0));
  app.add_option("--pid", o.pid);
  CLI11_PARSE(app, argc, argv);
  try {
    raise_file_limit();
    measure(o);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "http_load: %s\n", error.what());
    return 1;
  }
}
