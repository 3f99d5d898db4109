// Posts batches of transactions over keep-alive connections and measures acknowledged, so durable, events per second.
// http_load --port P --token T --user U --in-flight N --rows R --seconds S
// Prints one JSON line. The server's CPU time is read from /proc where --pid is given.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <netinet/tcp.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

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

/// A blocking HTTP/1.1 connection.
class client {
public:
  explicit client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets API wants it.
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~client() { ::close(socket_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Sends one request and gives the answer's body; throws unless it is a 200.
  std::string exchange(const std::string& request) {
    for (std::size_t sent = 0; sent < request.size();) {
      const auto n = ::send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (n <= 0)
        throw std::runtime_error("the server hung up");
      sent += static_cast<std::size_t>(n);
    }
    std::string answer;
    std::size_t whole = std::string::npos;
    char part[16 * 1024];
    while (answer.size() < whole) {
      const auto n = ::recv(socket_, part, sizeof part, 0);
      if (n <= 0)
        throw std::runtime_error("the server hung up");
      answer.append(part, static_cast<std::size_t>(n));
      if (const auto head = answer.find("\r\n\r\n"); whole == std::string::npos && head != std::string::npos) {
        const auto at = answer.find("ontent-Length: ");
        whole = head + 4 + (at < head ? std::stoul(answer.substr(at + 15)) : 0);
      }
    }
    if (!answer.starts_with("HTTP/1.1 200"))
      throw std::runtime_error("not a 200: " + answer.substr(0, 300));
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }

private:
  int socket_;
};

/// Rows whose stored form is about 200 bytes.
std::string batch(const options& o, const std::string& user, const std::string& prefix, std::uint64_t first) {
  std::string body = R"({"transactions":[)";
  for (unsigned i = 0; i < o.rows; ++i) {
    if (i != 0)
      body += ',';
    body += R"({"user":")" + user + R"(","source":"bench","external_id":")" + prefix + std::to_string(first + i) +
            R"(","date":"2026-02-04T12:30:00Z","amount":"-12.30","currency":"RON",)"
            R"("description":"BT Pay - Mega Image 0412 Bucuresti, card 1234"})";
  }
  return body + "]}";
}

std::string request(const options& o, const std::string& body) {
  return "POST /api/v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
         "Authorization: Bearer " +
         o.token + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

double cpu_seconds(int pid) {
  if (pid == 0)
    return 0;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

} // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Durable appends per second over HTTP."};
  app.add_option("--port", o.port)->required();
  app.add_option("--token", o.token)->required();
  app.add_option("--user", o.users)->required();
  app.add_option("--in-flight", o.in_flight)->check(CLI::Range(1, 4096));
  app.add_option("--rows", o.rows)->check(CLI::Range(1, 8192));
  app.add_option("--seconds", o.seconds)->check(CLI::Range(0.1, 60.0));
  app.add_option("--pid", o.pid);
  CLI11_PARSE(app, argc, argv);

  const auto run = std::to_string(steady::now().time_since_epoch().count());
  std::atomic<std::uint64_t> acknowledged{0};
  std::atomic<bool> failed{false};
  std::vector<std::vector<double>> latencies(o.in_flight);
  const auto cpu_before = cpu_seconds(o.pid);
  const auto begin = steady::now();
  const auto end = begin + std::chrono::duration<double>(o.seconds);
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < o.in_flight; ++t)
    threads.emplace_back([&, t] {
      try {
        client connection(o.port);
        const auto& user = o.users[t % o.users.size()];
        const auto prefix = run + "-" + std::to_string(t) + "-";
        for (std::uint64_t first = 0; steady::now() < end; first += o.rows) {
          const auto body = request(o, batch(o, user, prefix, first));
          const auto sent = steady::now();
          const auto answer = connection.exchange(body);
          latencies[t].push_back(std::chrono::duration<double, std::micro>(steady::now() - sent).count());
          if (answer.find("\"accepted\":" + std::to_string(o.rows)) == std::string::npos)
            throw std::runtime_error("not all accepted: " + answer.substr(0, 300));
          acknowledged += o.rows;
        }
      } catch (const std::exception& error) {
        std::fprintf(stderr, "http_load: %s\n", error.what());
        failed = true;
      }
    });
  for (auto& thread : threads)
    thread.join();
  const auto seconds = std::chrono::duration<double>(steady::now() - begin).count();
  std::vector<double> all;
  for (const auto& one : latencies)
    all.insert(all.end(), one.begin(), one.end());
  std::sort(all.begin(), all.end());
  const auto at = [&all](double share) {
    return all.empty() ? 0.0 : all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  };
  const auto events = static_cast<double>(acknowledged.load());
  std::printf(
      R"({"in_flight":%u,"rows":%u,"events_per_second":%.0f,"p50_us":%.0f,"p99_us":%.0f,"server_cpu_us_per_event":%.2f})"
      "\n",
      o.in_flight, o.rows, events / seconds, at(0.5), at(0.99),
      events > 0 ? (cpu_seconds(o.pid) - cpu_before) / events * 1e6 : 0.0);
  return failed ? 1 : 0;
}
