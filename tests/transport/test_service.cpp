#include "tests/transport/test_service.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <stdexcept>
#include <utility>

namespace btpay::testing {

namespace {

shared_bytes bytes(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

/// `Base` on one unit and on no other.
template <class Base>
class pinned : public Base {
public:
  pinned(caf::actor_config& config, io_unit& unit) : Base(config), unit_(unit) {}
  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    Base::enqueue(std::move(element), &unit_);
  }

protected:
  io_unit& unit_;
};

class echo_session final : public pinned<session_actor::base> {
public:
  echo_session(caf::actor_config& config, io_unit& unit, std::shared_ptr<connection> socket, session_kind kind,
               observations& seen)
      : pinned(config, unit), socket_(std::move(socket)), kind_(kind), seen_(seen) {
    ++seen_.sessions_opened;
  }
  void on_exit() override {
    socket_.reset();
    ++seen_.sessions_ended;
  }

  behavior_type make_behavior() override {
    return {[this](const frame_received& message) { on_message(message); },
            [this](const peer_closed&) {
              ++seen_.peers_closed;
              quit();
            },
            [this](const view_frame& view) { socket_->send(view.message, conflation::dashboard); },
            [](const periodic_frames&) {},
            [this](const notification_frame& posted) {
              socket_->send(posted.message, conflation::none);
              ++seen_.notifications;
            },
            [this](const inbox_frames& letters) { // as deltas
              for (const auto& each : *letters.unread)
                socket_->send_delta(each, conflation::dashboard);
            },
            [this](const outbox_drained&) { socket_->send(bytes("drained"), conflation::none); },
            [](const tick&) {}};
  }

private:
  void on_message(const frame_received& message) {
    if (io_unit::current() != &unit_)
      throw std::logic_error("a pinned actor runs elsewhere"); // which closes with 1011
    if (kind_ == session_kind::echo)
      return message.binary ? socket_->send_binary(bytes(message.text))
                            : socket_->send(bytes(message.text), conflation::none);
    const auto word = message.text.substr(0, message.text.find(' '));
    const auto argument = word.size() < message.text.size() ? message.text.substr(word.size() + 1) : std::string();
    if (word == "close")
      return socket_->close(static_cast<close_code>(std::stoi(argument)), "as you wish");
    if (word == "say-and-close") {
      socket_->send(bytes("last words"), conflation::none);
      return socket_->close(close_code::going_away, argument);
    }
    if (word == "crash")
      throw std::runtime_error("as you wish");
    if (word == "answers") // so many answers of 1,000 bytes
      return repeat(std::stoi(argument), [&](int i) {
        auto text = std::to_string(i) + ' ';
        text.resize(1'000, '.');
        socket_->send(bytes(std::move(text)), conflation::none);
      });
    if (word == "views") // so many dashboards, of which only the last is worth sending
      return repeat(std::stoi(argument),
                    [&](int i) { socket_->send(bytes("view " + std::to_string(i)), conflation::dashboard); });
    if (word == "blob") // one answer of so many bytes
      return socket_->send(bytes(std::string(std::stoul(argument), 'b')), conflation::none);
    socket_->send(bytes((message.binary ? "binary " : "") + message.text), conflation::none);
  }

  template <class Call>
  void repeat(int times, Call call) {
    for (int i = 0; i < times; ++i)
      call(i);
  }

  std::shared_ptr<connection> socket_;
  session_kind kind_;
  observations& seen_;
};

/// Answers by the path.
class test_routes final : public pinned<routes_actor::base> {
public:
  test_routes(caf::actor_config& config, io_unit& unit, observations& seen) : pinned(config, unit), seen_(seen) {}

  behavior_type make_behavior() override {
    return {[this](http_request_received& received) {
              {
                const std::lock_guard lock(seen_.mutex);
                seen_.requests.push_back(received.request);
              }
              auto& [request, exchange] = received;
              if (request.upgrade && request.path == "/ws")
                return exchange->accept_websocket({session_kind::live, {}});
              if (request.upgrade && request.path == "/ws/echo")
                return exchange->accept_websocket({session_kind::echo, {}});
              if (request.upgrade && request.path == "/ws/user") // the query: USER-CREDENTIAL[-SECONDS]
                return exchange->accept_websocket(grant_of(request.query));
              if (request.path == "/stream") // the query: as above, or empty
                return exchange->accept_stream(stream_grant_of(request.query));
              if (request.path == "/drop")
                return;
              if (request.path == "/not-a-websocket")
                return exchange->accept_websocket({});
              if (request.path == "/never") {
                kept_.push_back(std::move(exchange));
                return;
              }
              exchange->respond(answer(request));
            },
            [](const application_answered&) {}};
  }
  void on_exit() override { kept_.clear(); }

private:
  static session_grant grant_of(const std::string& query) {
    session_grant grant;
    const auto first = query.find('-');
    const auto second = query.find('-', first + 1);
    grant.who.id = user_id{std::stoull(query)};
    grant.credential = std::stoull(query.substr(first + 1));
    if (second != std::string::npos)
      grant.valid_time = std::chrono::seconds(std::stol(query.substr(second + 1)));
    return grant;
  }

  static session_grant stream_grant_of(const std::string& query) {
    auto grant = query.empty() ? session_grant{} : grant_of(query);
    grant.kind = session_kind::stream;
    stream_request asked;
    asked.repeated = "again";
    asked.repeat_time = std::chrono::seconds(1);
    grant.stream = std::make_shared<const stream_request>(std::move(asked));
    return grant;
  }

  static http_response answer(const http_request& request) {
    http_response response;
    if (request.upgrade)
      return response.status = 403, response.body = bytes(R"({"error":"forbidden"})"), response;
    if (request.path == "/empty")
      return response.status = 204, response;
    if (request.path == "/injected")
      return response.headers.emplace_back("Location", "/\r\nSet-Cookie: evil=1"), response;
    if (request.path == "/big")
      return response.body = bytes(std::string(std::stoul(request.query), 'x')), response;
    if (request.path == "/who")
      return response.body = bytes(request.local_operator ? "operator" : "stranger"), response;
    if (request.path == "/peer")
      return response.body = bytes(request.peer + (request.secure ? " secure" : "")), response;
    if (request.path == "/echo") {
      response.content_type = "text/plain";
      response.headers.emplace_back("X-Test", "yes");
      return response.body = bytes(request.body), response;
    }
    return response.status = 404, response.body = bytes(R"({"error":"unknown_item"})"), response;
  }

  observations& seen_;
  std::vector<std::shared_ptr<http_exchange>> kept_;
};

} // namespace

test_service::test_service(service_options options)
    : units_(options.units), config_(units_), system_(std::make_unique<caf::actor_system>(config_)) {
  for (std::size_t i = 0; i < units_.size(); ++i) {
    caf::actor_config here{&units_[i]};
    routes_.push_back(system_->spawn_class<test_routes, caf::no_spawn_options>(here, units_[i], seen_));
  }
  const auto open = [this](caf::execution_unit& unit, std::shared_ptr<connection> socket, const session_grant& grant) {
    caf::actor_config here{&unit};
    auto& home = static_cast<io_unit&>(unit);
    session_actor opened = unit.system().spawn_class<echo_session, caf::no_spawn_options>(here, home, std::move(socket),
                                                                                          grant.kind, seen_);
    const std::lock_guard lock(seen_.mutex);
    seen_.sessions.push_back(opened);
    seen_.units.insert(&home);
    return opened;
  };
  server_options listen;
  listen.limit = options.limit;
  listen.admin_socket = options.admin_socket;
  listen.tls_certificate = options.tls_certificate;
  listen.tls_key = options.tls_key;
  for (const auto& proxy : options.trusted_proxies)
    if (!listen.trusted_proxies.add(proxy))
      throw std::logic_error("no address: " + proxy);
  listen.proxy_protocol = options.proxy_protocol;
  listen.deflate = options.deflate;
  server_ = std::make_unique<btpay::server>(units_, routes_, open, listen);
  const auto started = server_->start();
  if (!started) {
    stop();
    throw std::runtime_error(started.error().message);
  }
  port_ = *started;
}

test_service::~test_service() { stop(); }

void test_service::stop() {
  if (!server_)
    return;
  server_->stop_accepting();
  server_.reset();
  for (const auto& each : routes_)
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  routes_.clear();
  seen_.sessions.clear();
  system_.reset();
}

http_request test_service::last_request() {
  const std::lock_guard lock(seen_.mutex);
  return seen_.requests.back();
}

session_actor test_service::session(std::size_t index) {
  const std::lock_guard lock(seen_.mutex);
  return seen_.sessions.at(index);
}

bool test_service::eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    units_.on_each([](io_unit&) {});
  }
  return true;
}

} // namespace btpay::testing
