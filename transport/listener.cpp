#include "transport/listener.hpp"

#include "transport/http_connection.hpp"
#include "transport/peer_address.hpp"
#include "transport/token_bucket.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <limits>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace btpay {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

using executor = net::io_context::executor_type;

template <class Protocol>
class accept_loop final : public listener {
public:
  using acceptor = net::basic_socket_acceptor<Protocol, executor>;

  accept_loop(const hub_list& hubs, acceptor opened, std::size_t connections_max, http_origin origin)
      : state_(std::make_shared<state>(hubs, std::move(opened), connections_max, origin)) {}

  void start() override {
    net::post(state_->socket.get_executor(), [state = state_] { accept(state); });
  }

  void stop() override {
    error_code ignored;
    state_->socket.close(ignored);
    state_->retry.cancel();
  }

  std::uint16_t port() const override {
    if constexpr (std::is_same_v<Protocol, net::ip::tcp>) {
      error_code ignored;
      return state_->socket.local_endpoint(ignored).port();
    }
    return 0;
  }

private:
  /// Outlives the listener until the last handler has run.
  struct state {
    state(const hub_list& all, acceptor opened, std::size_t most, http_origin from)
        : hubs(all), socket(std::move(opened)), retry(socket.get_executor()), connections_max(most), origin(from) {}
    const hub_list& hubs; ///< only while the acceptor is open
    acceptor socket;
    net::steady_timer retry;
    const std::size_t connections_max;
    const http_origin origin;
    std::size_t turn = 0;
    token_bucket accepts;
  };

  static void accept(const std::shared_ptr<state>& self) {
    if (!self->socket.is_open())
      return;
    auto& next = *self->hubs[self->turn++ % self->hubs.size()];
    self->socket.async_accept(
        next.unit.context(),
        [self, &next](const error_code& failure, net::basic_stream_socket<Protocol, executor> accepted) {
          if (!self->socket.is_open())
            return;
          if (failure)
            return pause(self);
          admit(*self, next, std::move(accepted));
          accept(self);
        });
  }

  /// Most likely descriptors have run out. A connection that waits is reported again at once, so trying again without a
  /// pause would be a busy loop.
  static void pause(const std::shared_ptr<state>& self) {
    self->retry.expires_after(self->hubs.front()->limit.accept_retry_time);
    self->retry.async_wait([self](const error_code&) { accept(self); });
  }

  static void admit(state& self, hub& home, net::basic_stream_socket<Protocol, executor> accepted) {
    http_peer peer;
    peer.origin = self.origin;
    if constexpr (std::is_same_v<Protocol, net::ip::tcp>)
      look_at(self, home, accepted, peer);
    if (peer.origin == http_origin::refused || peer.origin == http_origin::too_many) {
      // To say so over TLS would cost more than what is refused.
      if (home.everybody.refused.load(std::memory_order_relaxed) >= refusals_max || home.door.tls.current())
        return;
      home.everybody.refused.fetch_add(1, std::memory_order_relaxed);
    }
    if constexpr (std::is_same_v<Protocol, net::ip::tcp>) {
      error_code ignored;
      accepted.set_option(net::ip::tcp::no_delay(true), ignored);
    }
    home.people.add();
    net::dispatch(home.unit.context(),
                  [&home, peer = std::move(peer), socket = stream_socket(std::move(accepted))]() mutable {
                    serve_http(home, std::move(socket), std::move(peer));
                  });
  }

  /// Admission: what costs nothing to know before a byte is read.
  static void look_at(state& self, hub& home, const net::basic_stream_socket<net::ip::tcp, executor>& accepted,
                      http_peer& peer) {
    error_code failure;
    const auto remote = accepted.remote_endpoint(failure);
    if (failure)
      return; // gone already, as its first read will tell
    const auto& limit = home.limit;
    const auto address = plain(remote.address());
    peer.remote = address;
    auto [place, present] = home.everybody.addresses.enter(counted_address(address));
    peer.address = std::move(place);
    if (home.people.present() >= self.connections_max ||
        home.everybody.arriving.load(std::memory_order_relaxed) >= limit.arriving_max ||
        !self.accepts.take(self.hubs.front()->wheel.now(), limit.accepts_per_second))
      peer.origin = http_origin::refused;
    else if (present > limit.connections_per_address_max && (limit.loopback_is_counted || !address.is_loopback()) &&
             !home.door.trusted_proxies.contains(address))
      peer.origin = http_origin::too_many;
  }

  std::shared_ptr<state> state_;
};

tl::unexpected<refusal> cannot_listen(const std::string& where, const error_code& failure) {
  const bool taken = failure == net::error::address_in_use;
  return refuse(taken ? errc::already_exists : errc::invalid_value,
                "cannot listen on " + where + ": " + failure.message() +
                    (taken ? "; stop the other process or choose another port" : ""));
}

/// Tells whether something listens there. A file that nobody serves is what a killed service leaves.
bool is_served(net::io_context& context, const net::local::stream_protocol::endpoint& where) {
  net::local::stream_protocol::socket probe(context);
  error_code failure;
  probe.connect(where, failure);
  return !failure;
}

} // namespace

result<std::unique_ptr<listener>> listen_tcp(const hub_list& hubs, const std::string& host, std::uint16_t port,
                                             std::size_t connections_max) {
  const auto where = host + ":" + std::to_string(port);
  auto& context = hubs.front()->unit.context();
  error_code failure;
  const auto found =
      net::ip::tcp::resolver(context).resolve(host, std::to_string(port), net::ip::tcp::resolver::passive, failure);
  if (failure || found.empty())
    return cannot_listen(where, failure);
  const net::ip::tcp::endpoint endpoint = *found.begin();

  net::basic_socket_acceptor<net::ip::tcp, executor> acceptor(context);
  acceptor.open(endpoint.protocol(), failure);
  if (!failure)
    acceptor.set_option(net::socket_base::reuse_address(true), failure);
  if (!failure)
    acceptor.bind(endpoint, failure);
  // Each accepted socket inherits it, without a call of its own.
  if (const auto bytes = hubs.front()->limit.send_buffer_bytes; !failure && bytes > 0)
    acceptor.set_option(net::socket_base::send_buffer_size(bytes), failure);
  if (!failure)
    acceptor.listen(hubs.front()->limit.backlog_connections, failure);
  if (failure)
    return cannot_listen(where, failure);
  return std::make_unique<accept_loop<net::ip::tcp>>(hubs, std::move(acceptor), connections_max, http_origin::network);
}

result<std::unique_ptr<listener>> listen_local(const hub_list& hubs, const std::filesystem::path& path) {
  if (path.native().size() >= sizeof(sockaddr_un::sun_path))
    return refuse(errc::too_long, "cannot listen on " + path.string() + ": the path is too long for a socket");
  auto& context = hubs.front()->unit.context();
  const net::local::stream_protocol::endpoint endpoint(path.native());
  if (is_served(context, endpoint))
    return refuse(errc::already_exists, path.string() + " is in use; another service runs on this data directory");
  ::unlink(path.c_str());

  error_code failure;
  net::basic_socket_acceptor<net::local::stream_protocol, executor> acceptor(context);
  acceptor.open(endpoint.protocol(), failure);
  if (!failure)
    acceptor.bind(endpoint, failure);
  // Nobody can connect before listen(), so nobody can come in before the permissions are right.
  if (!failure && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
    failure.assign(errno, boost::system::system_category());
  if (!failure)
    acceptor.listen(hubs.front()->limit.backlog_connections, failure);
  if (failure)
    return cannot_listen(path.string(), failure);
  return std::make_unique<accept_loop<net::local::stream_protocol>>(
      hubs, std::move(acceptor), std::numeric_limits<std::size_t>::max() - refusals_max, http_origin::local_operator);
}

} // namespace btpay
