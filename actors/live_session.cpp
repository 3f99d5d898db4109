#include "actors/live_session.hpp"

#include "actors/messages.hpp"

#include <caf/all.hpp>

#include <array>
#include <utility>

namespace btpay {

namespace {

constexpr std::array all_views{view_kind::dashboard, view_kind::pending, view_kind::hourly, view_kind::categories};

/// The views that contain what `auto_categorize` did, as the protocol lists them.
constexpr std::array categorized_views{view_kind::dashboard, view_kind::pending, view_kind::categories};

constexpr conflation conflation_of(view_kind view) noexcept {
  switch (view) {
  case view_kind::dashboard:
    return conflation::dashboard;
  case view_kind::pending:
    return conflation::pending;
  case view_kind::hourly:
    return conflation::hourly;
  case view_kind::categories:
    return conflation::categories;
  }
  return conflation::none;
}

} // namespace

live_session::live_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket,
                           user_id user, std::shared_ptr<const session_services> services)
    : pinned(config, unit), socket_(std::move(socket)), services_(std::move(services)), user_(user) {}

live_session::behavior_type live_session::make_behavior() {
  greet();
  return {
      [this](const frame_received& frame) { on_frame(frame); },
      [this](const peer_closed&) { quit(); },
      [this](const view_frame& frame) { on_view(frame); },
      [this](const periodic_frames& frames) {
        if (assembly_ && assembly_->at == assembly::stage::greeting)
          return;
        if (frames.dashboard)
          socket_->send(frames.dashboard, conflation::dashboard);
        socket_->send(frames.periodic, conflation::periodic);
      },
      [](const notification_frame&) {}, // This socket has its own kind of messages.
  };
}

void live_session::on_exit() {
  for (const auto view : all_views)
    anon_send(services_->actors->projector(view, user_), unwatch{user_, session_actor{this}});
  // The connection refers to this session: kept, the two would keep each other.
  socket_.reset();
  assembly_.reset();
}

void live_session::greet() {
  begin(assembly::stage::greeting);
  for (const auto view : all_views) {
    assembly_->gate.await(view);
    send(services_->actors->projector(view, user_), watch{user_, session_actor{this}});
  }
}

void live_session::begin(assembly::stage at) {
  assembly_ = std::make_unique<assembly>(assembly{.at = at, .gate = {}, .waiting = {}});
}

void live_session::on_frame(const frame_received& frame) {
  if (frame.binary)
    return refuse_client({errc::malformed, R"(a binary frame: send text such as {"command":"ping"})"}, {});
  auto sent = read_client_request(frame.text);
  if (!sent.asked)
    return refuse_client(sent.asked.error(), sent.ref);
  errors_in_row_ = 0;
  if (!assembly_)
    return obey(sent);
  if (assembly_->waiting.size() >= services_->limits.waiting_commands_max)
    return refuse_client({errc::overloaded, "too many commands wait: wait for their answers"}, sent.ref);
  assembly_->waiting.push_back(std::move(sent));
}

void live_session::refuse_client(const refusal& why, std::string_view ref) {
  socket_->send(error_message(why, ref, services_->time->now()), conflation::none);
  if (++errors_in_row_ >= services_->limits.errors_in_row_max)
    socket_->close(close_code::policy_violation, "nothing but errors");
}

void live_session::obey(client_request& sent) {
  std::visit([&](auto& asked) { obey(asked, sent.ref); }, *sent.asked);
}

void live_session::obey(const ping&, const std::string& ref) {
  socket_->send(pong_message(ref, services_->time->now()), conflation::none);
}

void live_session::obey(const request_view& asked, const std::string& ref) {
  begin(assembly::stage::asking);
  request(services_->actors->projector(asked.view, user_), caf::infinite, view_query{user_})
      .then(
          [this, ref](const view_frame& frame) {
            send_view(frame, false, ref);
            finish_assembly();
          },
          [this](const caf::error&) { fail(); });
}

void live_session::obey(const request_review&, const std::string& ref) {
  begin(assembly::stage::asking);
  request(services_->actors->bookkeeper(user_), caf::infinite, book_query{user_, book_query::review{}})
      .then(
          [this, ref](const book_page& page) {
            if (!page.data)
              return fail();
            socket_->send(review_message(*page.data, {services_->epoch, page.at}, ref, services_->time->now()),
                          conflation::none);
            finish_assembly();
          },
          [this](const caf::error&) { fail(); });
}

void live_session::obey(const auto_categorize& asked, const std::string& ref) {
  begin(assembly::stage::deciding);
  request(services_->actors->users(user_), caf::infinite, user_command{user_, asked})
      .then([this, ref](const commanded& reply) { on_categorized(reply, ref); }, [this](const caf::error&) { fail(); });
}

void live_session::obey(user_decision& asked, const std::string& ref) {
  begin(assembly::stage::deciding);
  request(services_->actors->users(user_), caf::infinite, user_command{user_, std::move(asked.what)})
      .then([this, name = asked.name, ref](const commanded& reply) { on_decided(name, reply, ref); },
            [this](const caf::error&) { fail(); });
}

/// The projectors heard of the commit before we did, so what they answer now contains it.
void live_session::on_categorized(const commanded& reply, std::string_view ref) {
  const auto now = services_->time->now();
  if (reply.answer) {
    socket_->send(auto_categorize_message(reply.answer->categorized, ref, now), conflation::none);
    assembly_->at = assembly::stage::collecting;
    for (const auto view : categorized_views)
      collect(view);
  } else {
    socket_->send(error_message(reply.answer.error(), ref, now), conflation::none);
    finish_assembly();
  }
}

/// The views that changed have been held back until now, so that the answer comes first.
void live_session::on_decided(std::string_view name, const commanded& reply, std::string_view ref) {
  const auto now = services_->time->now();
  if (reply.answer)
    socket_->send(decision_message(name, reply.answer->changed, {services_->epoch, reply.at}, ref, now),
                  conflation::none);
  else
    socket_->send(error_message(reply.answer.error(), ref, now), conflation::none);
  finish_assembly();
}

void live_session::collect(view_kind view) {
  assembly_->gate.await(view);
  request(services_->actors->projector(view, user_), caf::infinite, view_query{user_})
      .then(
          [this](const view_frame& frame) {
            if (!frame.message)
              return fail();
            assembly_->gate.take(frame, true);
            finish_assembly_if_complete();
          },
          [this](const caf::error&) { fail(); });
}

void live_session::on_view(const view_frame& frame) {
  if (!frame.message)
    return fail();
  if (!assembly_ || assembly_->at == assembly::stage::asking)
    return send_view(frame, true);
  const auto greeting = assembly_->at == assembly::stage::greeting;
  assembly_->gate.take(frame, greeting);
  if (greeting)
    finish_assembly_if_complete();
}

void live_session::finish_assembly_if_complete() {
  if (assembly_ && assembly_->gate.complete())
    finish_assembly();
}

/// Lets out what was held back, and obeys what waited until one of those is not answered at once.
void live_session::finish_assembly() {
  const auto done = std::exchange(assembly_, nullptr);
  for (const auto& frame : done->gate.release())
    send_view(frame, false);
  for (auto& sent : done->waiting) {
    if (assembly_)
      assembly_->waiting.push_back(std::move(sent));
    else
      obey(sent);
  }
}

void live_session::send_view(const view_frame& frame, bool replaces, std::string_view ref) {
  if (!frame.message)
    return fail();
  socket_->send(with_ref(frame.message, ref), replaces ? conflation_of(frame.view) : conflation::none);
}

/// An actor that we depend on is gone or cannot read the log: the client does best to come again.
void live_session::fail() { socket_->close(close_code::internal_error, "the service could not read its log"); }

} // namespace btpay
