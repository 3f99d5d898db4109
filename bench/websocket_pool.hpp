#pragma once
/// Many WebSocket clients on one thread and one epoll, with framing of their own, so that the load costs less than the
/// server that it measures. Linux, 127.0.0.1 only. Throws where the server does not behave.

#include "bench/loopback.hpp"

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace btpay::bench {

inline std::string masked_text_frame(std::string_view payload) {
  if (payload.size() > 125)
    throw std::invalid_argument("the message must have at most 125 bytes");
  std::string frame{static_cast<char>(0x81), static_cast<char>(0x80 | payload.size()), 0x11, 0x22, 0x33, 0x44};
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ frame[2 + i % 4]);
  return frame;
}

class websocket_pool {
public:
  /// Hears each whole message of each client, in order.
  using listener = std::function<void(std::size_t client, std::string_view message)>;

  struct options {
    std::uint16_t port = 0;
    std::string path = "/ws/btpay/live/";
    std::string cookie;
    std::size_t clients = 1;
    std::size_t small_buffers = 0; ///< the first so many clients have the smallest receive buffer
  };

  websocket_pool(options wanted, listener hears) : wanted_(std::move(wanted)), hears_(std::move(hears)) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0)
      fail("epoll_create1");
    clients_.resize(wanted_.clients);
  }
  ~websocket_pool() {
    for (const auto& each : clients_)
      if (each.socket >= 0)
        ::close(each.socket);
    ::close(epoll_);
  }
  websocket_pool(const websocket_pool&) = delete;
  websocket_pool& operator=(const websocket_pool&) = delete;

  /// A few handshakes at a time, so that no backlog overflows.
  void connect_all() {
    constexpr std::size_t handshakes_max = 64;
    for (std::size_t next = 0; opened_ < clients_.size();) {
      while (next < clients_.size() && next - opened_ < handshakes_max)
        open(next++);
      turn(-1);
    }
  }

  void send(std::size_t which, std::string_view frame) { send_whole(clients_[which].socket, frame); }

  /// Reads what has come, for at most so long.
  void turn(int milliseconds) {
    epoll_event events[256];
    const int ready = ::epoll_wait(epoll_, events, 256, milliseconds);
    for (int i = 0; i < ready; ++i)
      receive(events[i].data.u64);
  }

  /// Stops reading from a client, and starts again.
  void pause(std::size_t which) {
    if (::epoll_ctl(epoll_, EPOLL_CTL_DEL, clients_[which].socket, nullptr) != 0)
      fail("epoll_ctl");
  }
  void resume(std::size_t which) { watch(epoll_, clients_[which].socket, which); }

  std::size_t closed() const noexcept { return closed_; }
  bool is_closed(std::size_t which) const noexcept { return clients_[which].socket < 0; }

private:
  struct client {
    int socket = -1;
    bool open = false; ///< the handshake is complete
    std::string received;
  };

  // RFC 6455, section 5.2. The service's pings are empty.
  static constexpr unsigned first_control_opcode = 0x8;
  static constexpr unsigned ping_opcode = 0x9;
  static constexpr std::string_view empty_pong{"\x8A\x80\x11\x22\x33\x44"};

  void open(std::size_t which) {
    clients_[which].socket = connect_to(wanted_.port, which < wanted_.small_buffers ? 4096 : 0);
    watch(epoll_, clients_[which].socket, which);
    std::string request = "GET " + wanted_.path +
                          " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (!wanted_.cookie.empty())
      request += "Cookie: " + wanted_.cookie + "\r\n";
    send_whole(clients_[which].socket, request + "\r\n");
  }

  void receive(std::size_t which) {
    auto& each = clients_[which];
    char bytes[64 * 1024];
    const auto got = ::recv(each.socket, bytes, sizeof bytes, 0);
    if (got <= 0) {
      if (!each.open)
        throw std::runtime_error("the server ended a connection before it was open");
      ::close(each.socket);
      each.socket = -1;
      ++closed_;
      return;
    }
    std::string_view text(bytes, static_cast<std::size_t>(got));
    if (!each.received.empty()) {
      each.received.append(text);
      text = each.received;
    }
    auto rest = consume(which, text);
    each.received = std::string(rest);
    if (each.received.empty())
      each.received.shrink_to_fit();
  }

  /// Returns what is not whole yet.
  std::string_view consume(std::size_t which, std::string_view text) {
    if (!clients_[which].open) {
      const auto end = text.find("\r\n\r\n");
      if (end == std::string_view::npos)
        return text;
      if (text.substr(9, 3) != "101")
        throw std::runtime_error("no WebSocket: " + std::string(text.substr(0, text.find('\r'))));
      clients_[which].open = true;
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
      const auto opcode = static_cast<unsigned char>(text[0]) & 0x0FU;
      if (opcode == ping_opcode)
        send(which, empty_pong);
      else if (opcode < first_control_opcode)
        hears_(which, text.substr(header, length));
      text.remove_prefix(header + length);
    }
    return text;
  }

  const options wanted_;
  const listener hears_;
  int epoll_ = -1;
  std::vector<client> clients_;
  std::size_t opened_ = 0;
  std::size_t closed_ = 0;
};

} // namespace btpay::bench
