#include "transport/http_connection.hpp"

#include "transport/event_stream_connection.hpp"
#include "transport/forwarding.hpp"
#include "transport/http_messages.hpp"
#include "transport/linger.hpp"
#include "transport/proxy_reader.hpp"
#include "transport/request_reader.hpp"
#include "transport/websocket_connection.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/write.hpp>

#include <cassert>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace btpay {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

class http_connection final : public std::enable_shared_from_this<http_connection>, private timed {
public:
  /// Numbers the requests of a connection, so that an answer that comes too late meets nothing.
  using request_number = std::uint32_t;

  http_connection(hub& home, stream_socket socket, http_peer peer)
      : hub_(home),
        unit_(home.unit),
        socket_(std::move(socket)),
        origin_(peer.origin),
        address_(std::move(peer.address)),
        remote_(peer.remote),
        reader_(socket_, home.limit) {}

  void start();
  io_unit& unit() const noexcept { return unit_; }

  void respond(request_number to, http_response response);
  void accept_websocket(request_number to, session_grant grant);
  void accept_stream(request_number to, session_grant grant);

private:
  /// In the order of their coming. What an elapsed deadline means depends on it.
  enum class phase : std::uint8_t { idle, header, body, answering, responding, lingering, gone };

  void enter(phase next, std::chrono::milliseconds time);

  bool is_trusted_proxy() const {
    return origin_ == http_origin::network && hub_.door.trusted_proxies.contains(remote_);
  }
  void on_proxy_header(const proxy_header& header);
  void shake_hands();
  void await_request();
  void read_request();
  void on_header();
  void read_body();
  void on_request();
  bool has_read(const read_outcome& outcome);
  void ask_routes(http_request request);

  std::optional<session_client> admit(session_grant grant);
  void refuse(const http_refusal& refusal);
  void write(http_response response, bool keep_alive);
  void on_written(const beast::error_code& failure, bool keep_alive);
  void linger();
  void arrive() noexcept;
  bool is_refused() const noexcept { return origin_ == http_origin::refused || origin_ == http_origin::too_many; }
  void leave() noexcept;
  void end();

  // timed
  void on_deadline() override;
  void on_shutdown() override;
  void abort() override { end(); }

  hub& hub_; ///< not to be touched once gone
  io_unit& unit_;
  stream_socket socket_;
  const http_origin origin_;
  address_census::place address_;
  net::ip::address remote_; ///< who is connected, or for whom a PROXY header says it is
  request_reader reader_;
  std::unique_ptr<outgoing_response> outgoing_;
  std::string handshake_key_;  ///< of the present request, if it asks for a WebSocket
  std::string head_;           ///< of a stream that was asked for with HEAD
  std::size_t body_bytes_ = 0; ///< set aside in the hub for the present body
  request_number number_ = 0;  ///< of the present request
  tick_count due_ = 0;         ///< when the present phase must be over
  phase phase_ = phase::idle;
  bool proxied_ = false;   ///< it began with a PROXY header
  bool arriving_ = true;   ///< it has not sent a whole request yet
  bool timed_out_ = false; ///< the read was cancelled to say so
};

/// The way back to one request. May be dropped on any thread.
class exchange final : public http_exchange {
public:
  exchange(std::shared_ptr<http_connection> connection, http_connection::request_number number)
      : connection_(std::move(connection)), number_(number) {}

  ~exchange() override {
    if (!connection_)
      return;
    auto& unit = connection_->unit();
    unit.post([connection = std::move(connection_), number = number_] {
      connection->respond(number, to_response(refusals::internal));
    });
  }
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  void respond(http_response response) override {
    if (const auto connection = std::exchange(connection_, nullptr))
      connection->respond(number_, std::move(response));
  }
  void accept_websocket(session_grant grant) override {
    if (const auto connection = std::exchange(connection_, nullptr))
      connection->accept_websocket(number_, std::move(grant));
  }
  void accept_stream(session_grant grant) override {
    if (const auto connection = std::exchange(connection_, nullptr))
      connection->accept_stream(number_, std::move(grant));
  }

private:
  std::shared_ptr<http_connection> connection_; ///< null once answered
  const http_connection::request_number number_;
};

void http_connection::enter(phase next, std::chrono::milliseconds time) {
  phase_ = next;
  due_ = hub_.wheel.now() + ticks(time);
  hub_.wheel.put(*this, ticks(time));
}

// -- reading ----------------------------------------------------------------------------------------------------------

void http_connection::start() {
  hub_.counts.add(is_refused() ? counted::refused : counted::accepted);
  hub_.everybody.arriving.fetch_add(1, std::memory_order_relaxed);
  if (hub_.door.proxy_protocol && is_trusted_proxy()) {
    enter(phase::header, hub_.limit.header_time);
    return async_read_proxy_header(socket_, [self = shared_from_this()](const proxy_header* header) {
      if (self->phase_ != phase::gone)
        header ? self->on_proxy_header(*header) : self->end();
    });
  }
  shake_hands();
}

void http_connection::on_proxy_header(const proxy_header& header) {
  proxied_ = true;
  if (header.client()) {
    remote_ = plain(*header.client());
    auto [place, present] = hub_.everybody.addresses.enter(counted_address(remote_));
    address_ = std::move(place);
    if (present > hub_.limit.connections_per_address_max)
      return end();
  }
  shake_hands();
}

void http_connection::shake_hands() {
  const auto identity = origin_ == http_origin::local_operator ? nullptr : hub_.door.tls.current();
  if (!identity)
    return read_request();
  socket_.use_tls(*identity);
  enter(phase::header, hub_.limit.header_time);
  socket_.async_handshake([self = shared_from_this()](const beast::error_code& failure) {
    if (self->phase_ == phase::gone)
      return;
    failure ? self->end() : self->read_request();
  });
}

void http_connection::await_request() {
  reader_.forget();
  if (hub_.stopping)
    return linger();
  if (reader_.has_input())
    return read_request();
  enter(phase::idle, hub_.limit.keep_alive_time);
  socket_.async_wait(stream_socket::wait_read, [self = shared_from_this()](const beast::error_code&) {
    if (self->phase_ != phase::gone)
      self->read_request();
  });
}

void http_connection::read_request() {
  reader_.begin();
  enter(phase::header, is_refused() ? hub_.limit.refusal_time : hub_.limit.header_time);
  reader_.async_read_header([self = shared_from_this()](const read_outcome& outcome) {
    if (self->has_read(outcome))
      self->on_header();
  });
}

void http_connection::on_header() {
  const auto& request = reader_.request();
  if (is_refused())
    return refuse(origin_ == http_origin::refused ? refusals::come_back_later(hub_.retry_turn++) : refusals::too_many);
  if (request.target().size() > hub_.limit.target_bytes_max)
    return refuse(refusals::target_too_long);
  if (const auto objection = objection_to(request, reader_.is_chunked()))
    return refuse(*objection);
  if (reader_.is_whole())
    return on_request();

  // A body of unknown length may become as long as any.
  body_bytes_ = reader_.body_bytes_expected();
  hub_.body_bytes += body_bytes_;
  if (hub_.body_bytes > hub_.limit.bodies_bytes_max)
    return refuse(refusals::overloaded);
  enter(phase::body, hub_.limit.body_time);
  if (request.count(http::field::expect) == 0)
    return read_body();
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  net::async_write(socket_, net::buffer(go_on.data(), go_on.size()),
                   [self = shared_from_this()](const beast::error_code& broken, std::size_t) {
                     if (self->has_read({{}, broken}))
                       self->read_body();
                   });
}

void http_connection::read_body() {
  reader_.async_read_body([self = shared_from_this()](const read_outcome& outcome) {
    if (self->has_read(outcome))
      self->on_request();
  });
}

/// Whether there is something to go on with; else the connection is on its way out.
bool http_connection::has_read(const read_outcome& outcome) {
  if (phase_ == phase::gone)
    return false;
  if (outcome.is_good())
    return true;
  if (timed_out_)
    refuse(refusals::timed_out);
  else if (outcome.refusal)
    refuse(*outcome.refusal);
  else
    end();
  return false;
}

void http_connection::on_request() {
  arrive();
  auto& request = reader_.request();
  handshake_key_.clear();
  if (asks_for_websocket(request)) {
    if (const auto objection = objection_to_handshake(request))
      return refuse(*objection);
    // RFC 6455 section 4.1: the client waits for our side of the handshake before it sends a frame.
    if (reader_.has_input() || origin_ == http_origin::local_operator)
      return refuse(refusals::bad_handshake);
    handshake_key_ = request[http::field::sec_websocket_key];
  }
  auto ours = from_beast(request);
  if (!ours)
    return refuse(refusals::malformed);
  ask_routes(std::move(*ours));
}

void http_connection::ask_routes(http_request request) {
  hub_.counts.add(counted::requests);
  request.upgrade = !handshake_key_.empty();
  request.local_operator = origin_ == http_origin::local_operator;
  request.peer = address_.key();
  request.secure = socket_.is_tls();
  request.forwarded = proxied_ || is_trusted_proxy() || tells_of_proxy(request);
  if (is_trusted_proxy())
    take_forwarded(request, hub_.door.trusted_proxies, remote_);
  enter(phase::answering, hub_.limit.answer_time);
  const io_unit::round answered(unit_);
  unit_.tell(hub_.routes,
             http_request_received{std::move(request), std::make_shared<exchange>(shared_from_this(), ++number_)});
}

// -- answering --------------------------------------------------------------------------------------------------------

void http_connection::respond(request_number to, http_response response) {
  assert(io_unit::current() == &unit_);
  if (phase_ == phase::answering && to == number_)
    write(std::move(response), reader_.keeps_alive() && !hub_.stopping);
}

void http_connection::accept_websocket(request_number to, session_grant grant) {
  assert(io_unit::current() == &unit_);
  if (phase_ != phase::answering || to != number_)
    return;
  if (handshake_key_.empty())
    return refuse(refusals::internal);
  auto client = admit(std::move(grant));
  if (!client)
    return refuse(refusals::too_many);
  // Several headers of one name are one list.
  std::string extensions;
  for (auto [each, end] = reader_.request().equal_range(http::field::sec_websocket_extensions); each != end; ++each)
    extensions.append(extensions.empty() ? "" : ", ").append(each->value());
  // Counted as a WebSocket before it is no longer counted as this, so that the census never sees it gone.
  open_websocket(hub_, std::move(socket_), {handshake_key_, extensions}, std::move(*client));
  leave();
}

void http_connection::accept_stream(request_number to, session_grant grant) {
  assert(io_unit::current() == &unit_);
  if (phase_ != phase::answering || to != number_)
    return;
  const auto& request = reader_.request();
  const unsigned version = request.version() == 10 ? 10 : 11;
  if (request.method() == http::verb::head) {
    head_ = event_stream_head(version);
    enter(phase::responding, hub_.limit.response_time);
    return net::async_write(socket_, net::buffer(head_),
                            [self = shared_from_this()](const beast::error_code& failure, std::size_t) {
                              self->on_written(failure, false);
                            });
  }
  auto client = admit(std::move(grant));
  if (!client)
    return refuse(refusals::too_many);
  open_event_stream(hub_, std::move(socket_), version, std::move(*client));
  leave();
}

/// Gives the client its place among those of its user; nothing where there are too many.
std::optional<session_client> http_connection::admit(session_grant grant) {
  session_client client{std::move(grant), {}, {}};
  if (client.grant.kind != session_kind::echo) {
    auto [place, present] = hub_.everybody.users.enter(raw(client.grant.who.id));
    if (present > hub_.limit.connections_per_user_max)
      return std::nullopt;
    client.user = std::move(place);
  }
  client.address = std::move(address_);
  return client;
}

void http_connection::refuse(const http_refusal& refusal) {
  hub_.counts.add(counted::refused_requests);
  write(to_response(refusal), false);
}

void http_connection::write(http_response response, bool keep_alive) {
  const auto& request = reader_.request();
  hub_.body_bytes -= std::exchange(body_bytes_, 0);
  outgoing_ = std::make_unique<outgoing_response>(std::move(response), request.version() == 10 ? 10 : 11, keep_alive,
                                                  request.method() == http::verb::head);
  enter(phase::responding, hub_.limit.response_time);
  http::async_write(socket_, outgoing_->serializer,
                    [self = shared_from_this(), keep_alive](const beast::error_code& failure, std::size_t) {
                      self->on_written(failure, keep_alive);
                    });
}

void http_connection::on_written(const beast::error_code& failure, bool keep_alive) {
  outgoing_.reset();
  if (phase_ == phase::gone)
    return;
  if (failure)
    return end();
  keep_alive ? await_request() : linger();
}

// -- ending -----------------------------------------------------------------------------------------------------------

void http_connection::linger() {
  enter(phase::lingering, hub_.limit.linger_time);
  async_linger(socket_, [self = shared_from_this()](const beast::error_code&) { self->end(); });
}

void http_connection::arrive() noexcept {
  if (std::exchange(arriving_, false))
    hub_.everybody.arriving.fetch_sub(1, std::memory_order_relaxed);
}

void http_connection::leave() noexcept {
  phase_ = phase::gone;
  arrive();
  address_.leave();
  if (is_refused())
    hub_.everybody.refused.fetch_sub(1, std::memory_order_relaxed);
  if (is_linked())
    unlink();
  hub_.body_bytes -= std::exchange(body_bytes_, 0);
  hub_.people.remove();
}

void http_connection::end() {
  if (phase_ == phase::gone)
    return;
  leave();
  beast::error_code ignored;
  socket_.close(ignored);
}

void http_connection::on_deadline() {
  if (const auto left = static_cast<std::int32_t>(due_ - hub_.wheel.now()); left > 0)
    return hub_.wheel.put(*this, static_cast<tick_count>(left));
  switch (phase_) {
  case phase::header:
    if (!reader_.has_input())
      return end();
    [[fallthrough]];
  case phase::body: {
    // The read ends with an error, which finds the reason here. Should it not, the next look cuts the connection.
    if (timed_out_)
      return end();
    timed_out_ = true;
    beast::error_code ignored;
    socket_.cancel(ignored);
    return hub_.wheel.put(*this, ticks(hub_.limit.linger_time));
  }
  case phase::answering:
    return refuse(refusals::overloaded);
  case phase::idle:
  case phase::responding:
  case phase::lingering:
  case phase::gone:
    return end();
  }
}

void http_connection::on_shutdown() {
  const bool asked = phase_ != phase::idle && (phase_ != phase::header || reader_.has_input());
  if (!asked)
    return end();
  const auto left = static_cast<std::int32_t>(due_ - hub_.wheel.now());
  hub_.wheel.put(*this, left > 0 ? static_cast<tick_count>(left) : 1);
}

} // namespace

void serve_http(hub& home, stream_socket socket, http_peer peer) {
  std::make_shared<http_connection>(home, std::move(socket), std::move(peer))->start();
}

} // namespace btpay
