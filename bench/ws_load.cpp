/// The load: keeps one ping in flight on each of so many WebSockets and measures messages per second, latency, and what
/// the server spent on a message; or opens them and lets them be, and measures the server's memory. One thread on
/// epoll, with framing of its own, so that it costs less than the server that it measures.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace {

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

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

/// Time that the server's threads have spent on a core so far.
double cpu_seconds(int process) {
  double nanoseconds = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::ifstream file(task.path() / "schedstat");
    double spent = 0;
    file >> spent;
    nanoseconds += spent;
  }
  return nanoseconds / 1e9;
}

/// Memory of the server that is in RAM, in bytes.
double resident_bytes(int process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/smaps_rollup");
  for (std::string word; file >> word;)
    if (word == "Rss:") {
      double kibibytes = 0;
      file >> kibibytes;
      return kibibytes * 1024;
    }
  return 0;
}

std::string masked_text_frame(std::string_view payload) {
  if (payload.size() > 125)
    throw std::invalid_argument("the message must have at most 125 bytes");
  std::string frame{static_cast<char>(0x81), static_cast<char>(0x80 | payload.size()), 0x11, 0x22, 0x33, 0x44};
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ frame[2 + i % 4]);
  return frame;
}

struct client {
  int socket = -1;
  bool open = false; ///< the handshake is complete
  std::string received;
  monotonic::time_point sent_at;
};

class load {
public:
  explicit load(const settings& wanted) : wanted_(wanted), ping_(masked_text_frame(wanted.message)) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0)
      fail("epoll_create1");
    clients_.resize(wanted.connections);
  }
  ~load() { ::close(epoll_); }
  load(const load&) = delete;
  load& operator=(const load&) = delete;

  /// A few handshakes at a time, so that no backlog overflows.
  void connect_all() {
    constexpr std::size_t handshakes_max = 64;
    for (std::size_t next = 0; opened_ < clients_.size();) {
      while (next < clients_.size() && next - opened_ < handshakes_max)
        connect(clients_[next++]);
      turn(-1);
    }
  }

  void run_for(double seconds) {
    const auto end = monotonic::now() + std::chrono::duration<double>(seconds);
    while (monotonic::now() < end)
      turn(100);
  }

  void start_pinging() {
    pinging_ = true;
    for (auto& each : clients_)
      send_ping(each);
  }

  void reset_figures() {
    latencies_.clear();
    latencies_.reserve(8'000'000);
  }
  std::vector<std::uint32_t>& latencies() { return latencies_; }

private:
  void connect(client& each) {
    each.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (each.socket < 0)
      fail("socket (of at most 20,000 in one process; run several)");
    const int on = 1;
    ::setsockopt(each.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(each.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      fail("connect");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &each;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, each.socket, &event) != 0)
      fail("epoll_ctl");
    std::string request = "GET " + wanted_.path +
                          " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (!wanted_.cookie.empty())
      request += "Cookie: " + wanted_.cookie + "\r\n";
    send(each, request + "\r\n");
  }

  void send(const client& each, std::string_view bytes) {
    // So little is in flight that the socket always takes it.
    if (::send(each.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      fail("send");
  }

  void send_ping(client& each) {
    each.sent_at = monotonic::now();
    send(each, ping_);
  }

  void turn(int milliseconds) {
    epoll_event events[256];
    const int ready = ::epoll_wait(epoll_, events, 256, milliseconds);
    for (int i = 0; i < ready; ++i)
      receive(*static_cast<client*>(events[i].data.ptr));
  }

  void receive(client& each) {
    char bytes[64 * 1024];
    const auto got = ::recv(each.socket, bytes, sizeof bytes, 0);
    if (got <= 0)
      throw std::runtime_error("the server ended a connection");
    std::string_view text(bytes, static_cast<std::size_t>(got));
    if (!each.received.empty()) {
      each.received.append(text);
      text = each.received;
    }
    auto rest = consume(each, text);
    each.received = std::string(rest);
    if (each.received.empty())
      each.received.shrink_to_fit();
  }

  /// Returns what is not whole yet.
  std::string_view consume(client& each, std::string_view text) {
    if (!each.open) {
      const auto end = text.find("\r\n\r\n");
      if (end == std::string_view::npos)
        return text;
      if (text.substr(9, 3) != "101")
        throw std::runtime_error("no WebSocket: " + std::string(text.substr(0, text.find('\r'))));
      each.open = true;
      ++opened_;
      text.remove_prefix(end + 4);
    }
    while (text.size() >= 2) {
      std::size_t header = 2;
      std::size_t length = static_cast<unsigned char>(text[1]);
      if (length >= 126) {
        header += length == 126 ? 2 : 8;
        if (text.size() < header)
          break;
        length = 0;
        for (std::size_t i = 2; i < header; ++i)
          length = length << 8 | static_cast<unsigned char>(text[i]);
      }
      if (text.size() < header + length)
        break;
      if (text.substr(header, length).substr(0, wanted_.answer.size()) == wanted_.answer)
        on_answer(each);
      text.remove_prefix(header + length);
    }
    return text;
  }

  void on_answer(client& each) {
    if (!pinging_)
      return;
    latencies_.push_back(static_cast<std::uint32_t>((monotonic::now() - each.sent_at).count()));
    send_ping(each);
  }

  const settings& wanted_;
  const std::string ping_;
  int epoll_ = -1;
  std::vector<client> clients_;
  std::size_t opened_ = 0;
  bool pinging_ = false;
  std::vector<std::uint32_t> latencies_; ///< nanoseconds
};

void measure_pings(const settings& wanted) {
  load made(wanted);
  made.connect_all();
  made.start_pinging();
  made.run_for(wanted.warm_up_seconds);
  made.reset_figures();
  const auto cpu_before = wanted.server ? cpu_seconds(wanted.server) : 0;
  const auto begin = monotonic::now();
  made.run_for(wanted.seconds);
  const auto seconds = std::chrono::duration<double>(monotonic::now() - begin).count();
  const auto cpu = (wanted.server ? cpu_seconds(wanted.server) : 0) - cpu_before;
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
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    wanted.idle ? measure_idle(wanted) : measure_pings(wanted);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "ws_load: %s\n", failure.what());
    return 2;
  }
}
