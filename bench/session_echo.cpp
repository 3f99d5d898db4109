/// What a WebSocket costs here: the real transport with a pinned session actor for each connection, which answers each
/// message with a fixed pong. To be compared with `bare_echo`.
///
///   session_echo [PORT [UNITS]]      prints `listening on PORT`, serves until killed

#include "actors/interfaces.hpp"
#include "transport/bridge.hpp"
#include "transport/server.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

using namespace btpay;

namespace {

const auto pong = std::make_shared<const std::string>(R"({"type":"pong","timestamp":"2026-02-04T14:35:00Z"})");

template <class Base>
class on_unit : public Base {
public:
  on_unit(caf::actor_config& config, caf::execution_unit& unit) : Base(config), unit_(unit) {}
  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    Base::enqueue(std::move(element), &unit_);
  }

private:
  caf::execution_unit& unit_;
};

class ponging_session final : public on_unit<session_actor::base> {
public:
  ponging_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket)
      : on_unit(config, unit), socket_(std::move(socket)) {}
  void on_exit() override { socket_.reset(); }
  behavior_type make_behavior() override {
    return {[this](const frame_received&) { socket_->send(pong, conflation::none); },
            [this](const peer_closed&) { quit(); },
            [](const view_frame&) {},
            [](const periodic_frames&) {},
            [](const notification_frame&) {},
            [](const inbox_frames&) {},
            [](const outbox_drained&) {},
            [](const tick&) {}};
  }

private:
  std::shared_ptr<connection> socket_;
};

class upgrading_routes final : public on_unit<routes_actor::base> {
public:
  using on_unit::on_unit;
  behavior_type make_behavior() override {
    return {[](http_request_received& received) {
              if (received.request.upgrade)
                received.exchange->accept_websocket({});
              else
                received.exchange->respond({404, "application/json", {}, pong});
            },
            [](const application_answered&) {}};
  }
};

} // namespace

int main(int argc, char** argv) {
  server_options options;
  options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  io_units units(static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 1));
  unit_system_config config(units);
  caf::actor_system system(config);
  std::vector<routes_actor> routes;
  for (std::size_t i = 0; i < units.size(); ++i) {
    caf::actor_config here{&units[i]};
    routes.push_back(system.spawn_class<upgrading_routes, caf::no_spawn_options>(here, units[i]));
  }
  server served(
      units, routes,
      [](caf::execution_unit& unit, std::shared_ptr<connection> socket, const session_grant&) -> session_actor {
        caf::actor_config here{&unit};
        return unit.system().spawn_class<ponging_session, caf::lazy_init>(here, unit, std::move(socket));
      },
      options);
  const auto port = served.start();
  if (!port) {
    std::fprintf(stderr, "%s\n", port.error().message.c_str());
    return 2;
  }
  std::printf("listening on %u\n", *port);
  std::fflush(stdout);
  for (;;)
    ::pause();
}
