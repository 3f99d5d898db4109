#pragma once
/// What the load generators share: sockets to a server on this machine, and what a process has used. Linux, 127.0.0.1
/// only. Throws where something cannot be done.

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace btpay::bench {

[[noreturn]] inline void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Memory of a process that is in RAM, in bytes.
inline double resident_bytes(int process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/smaps_rollup");
  for (std::string word; file >> word;)
    if (word == "Rss:") {
      double kibibytes = 0;
      file >> kibibytes;
      return kibibytes * 1024;
    }
  return 0;
}

/// Time that a process's threads have spent on a core so far; 0 for process 0, which stands for none.
inline double cpu_seconds(int process) {
  if (process == 0)
    return 0;
  double nanoseconds = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::ifstream file(task.path() / "schedstat");
    double spent = 0;
    file >> spent;
    nanoseconds += spent;
  }
  return nanoseconds / 1e9;
}

/// As many descriptors as this process may have.
inline void raise_file_limit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

/// A connected socket to the server.
inline int connect_to(std::uint16_t port, int receive_buffer_bytes = 0) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0)
    fail("socket (of at most 20,000 in one process; run several)");
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer_bytes != 0)
    ::setsockopt(made, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail("connect");
  return made;
}

/// Has an epoll give `which` whenever there is something to read from the socket.
inline void watch(int epoll, int socket, std::uint64_t which) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = which;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0)
    fail("epoll_ctl");
}

/// Waits where the socket does not take all at once.
inline void send_whole(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

} // namespace btpay::bench
