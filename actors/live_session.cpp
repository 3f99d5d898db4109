#include "actors/live_session.hpp"

#include "actors/messages.hpp"

#include <caf/all.hpp>

#include <array>
#include <utility>

namespace btpay {

namespace {

/// The views that contain what `auto_categorize` did, as the protocol lists them.
constexpr std::array categorized_views{view_kind::dashboard, view_kind::pending, view_kind::categories};

} // namespace

live_session::live_session(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<connection> socket,
                           const session_grant& grant, std::shared_ptr<const session_services> services)
    : pinned(config, unit),
      socket_(std::move(socket)),
      services_(std::move(services)),
      user_(grant.who.id),
      silent_(grant.silent),
      packed_(grant.protocol == msgpack_protocol) {}

live_session::behavior_type live_session::make_behavior() {
  if (!silent_)
    greet();
  return {
      [this](const frame_received& frame) { on_frame(frame); },
      [this](const peer_closed&) { quit(); },
      [this](const view_frame& frame) { on_view(frame); },
      [this](const periodic_frames& frames) {
        if (subscription_ || (assembly_ && assembly_->at == assembly::stage::greeting))
          return;
        if (frames.dashboard)
          socket_->send(frames.dashboard, conflation::dashboard);
        socket_->send(frames.periodic, conflation::periodic);
      },
      [this](const notification_frame& frame) { on_notification(frame); },
      [this](const inbox_frames& frames) { on_inbox(frames); },
      [this](const outbox_drained&) { send_whole(standing::dropped); },
      [this](const tick&) { end_interval(); },
  };
}

void live_session::on_exit() {
  stop_watching();
  // The connection refers to this session: kept, the two would keep each other.
  socket_.reset();
  assembly_.reset();
  questions_.reset();
  subscription_.reset();
}

void live_session::greet() {
  begin(assembly::stage::greeting);
  for (const auto view : all_views) {
    assembly_->gate.await(view);
    send(services_->actors->projector(view, user_), watch{user_, session_actor{this}, whole_form()});
  }
}

void live_session::begin(assembly::stage at) {
  assembly_ = std::make_unique<assembly>(assembly{.at = at, .gate = {}, .held = {}, .waiting = {}});
}

void live_session::on_frame(const frame_received& frame) {
  if (frame.binary && !packed_)
    return refuse_client({errc::malformed, R"(a binary frame: send text such as {"command":"ping"})"}, {});
  auto sent = read_client_request(frame.binary ? unpacked(frame.text) : frame.text);
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
  answer(error_message(why, ref, services_->time->now()));
  if (++errors_in_row_ >= services_->limits.errors_in_row_max)
    socket_->close(close_code::policy_violation, "nothing but errors");
}

void live_session::obey(client_request& sent) {
  std::visit([&](auto& asked) { obey(asked, sent.ref); }, *sent.asked);
}

void live_session::obey(const ping&, const std::string& ref) { answer(pong_message(ref, services_->time->now())); }

void live_session::obey(const request_view& asked, const std::string& ref) {
  begin(assembly::stage::asking);
  auto form = whole_form();
  form.packed = packed_ && ref.empty(); // A `ref` is put into JSON.
  request(services_->actors->projector(asked.view, user_), caf::infinite, view_query{user_, false, form})
      .then(
          [this, ref, form](const view_frame& frame) {
            if (!frame.message)
              return fail();
            if (form.packed || !packed_)
              socket_->send(with_ref(frame.message, ref), conflation::none);
            else
              answer(with_ref(frame.message, ref));
            if (subscription_)
              subscription_->has[static_cast<std::size_t>(frame.view)] = standing::current;
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
            answer(review_message(*page.data, {services_->epoch, page.at}, ref, services_->time->now()));
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
    std::optional<log_place> where;
    if (subscription_)
      where = log_place{services_->epoch, reply.at};
    answer(auto_categorize_message(reply.answer->categorized, where, ref, now));
    if (subscription_)
      return finish_assembly(); // The views that changed have come, or come by themselves.
    assembly_->at = assembly::stage::collecting;
    for (const auto view : categorized_views)
      collect(view);
  } else {
    answer(error_message(reply.answer.error(), ref, now));
    finish_assembly();
  }
}

/// The views that changed have been held back until now, so that the answer comes first.
void live_session::on_decided(std::string_view name, const commanded& reply, std::string_view ref) {
  const auto now = services_->time->now();
  if (reply.answer)
    answer(decision_message(name, reply.answer->changed, {services_->epoch, reply.at}, ref, now));
  else
    answer(error_message(reply.answer.error(), ref, now));
  finish_assembly();
}

void live_session::collect(view_kind view) {
  assembly_->gate.await(view);
  request(services_->actors->projector(view, user_), caf::infinite, view_query{user_, false, whole_form()})
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
  if (frame.subscription != subscription_number())
    return; // of before `subscribe`
  if (!frame.message)
    return fail();
  if (subscription_)
    return on_positioned(frame);
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
  for (const auto& frame : done->held)
    send_positioned(frame);
  for (auto& sent : done->waiting) {
    if (assembly_)
      assembly_->waiting.push_back(std::move(sent));
    else
      obey(sent);
  }
}

void live_session::send_view(const view_frame& frame, bool replaces) {
  if (!frame.message)
    return fail();
  socket_->send(frame.message, replaces ? conflation_of(frame.view) : conflation::none);
}

void live_session::answer(const shared_bytes& json) { socket_->send(packed_ ? packed(*json) : json, conflation::none); }

view_form live_session::whole_form() const {
  return {.positioned = subscription_ != nullptr, .deltas = false, .packed = packed_};
}

/// An actor that we depend on is gone or cannot read the log: the client does best to come again.
void live_session::fail() { socket_->close(close_code::internal_error, "the service could not read its log"); }

} // namespace btpay
