/// What operators do with what is there already: sessions, tokens, users, the service itself.

#include "actors/account_lists.hpp"
#include "actors/http_answers.hpp"
#include "actors/routes.hpp"
#include "storage/credentials.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

namespace {

using nlohmann::json;

std::string text_member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json parsed(const http_request& request) { return json::parse(request.body, nullptr, false); }

std::string_view to_string(session_kind kind) {
  switch (kind) {
  case session_kind::live:
    return "live";
  case session_kind::notify:
    return "notify";
  case session_kind::echo:
    return "echo";
  case session_kind::stream:
    return "stream";
  }
  return "";
}

} // namespace

void routes::list_sessions(const http_request&, const exchange_ptr& exchange) {
  this->request(services_->admin, caf::infinite, btpay::list_sockets{})
      .then(
          [this, exchange](const sockets_listed& reply) {
            const user_names names(*services_->accounts);
            const auto log_ins = services_->accounts->all_sessions(services_->time->now());
            if (!log_ins)
              return exchange->respond(refusal_answer(log_ins.error()));
            json answer{{"log_ins", json::array()}, {"sockets", json::array()}};
            for (const auto& one : *log_ins)
              answer["log_ins"].push_back({{"id", id_text(one.id)},
                                           {"user", names.of(one.user)},
                                           {"opened", time_or_null(one.opened)},
                                           {"expires", time_or_null(one.expires)}});
            for (const auto& one : *reply.sockets)
              answer["sockets"].push_back({{"id", one.credential == 0 ? json() : json(id_text(one.credential))},
                                           {"user", names.of(one.user)},
                                           {"kind", to_string(one.kind)},
                                           {"peer", one.peer},
                                           {"seconds", one.age.count()}});
            exchange->respond(json_answer(200, answer.dump(-1, ' ', false, json::error_handler_t::replace)));
          },
          unavailable(exchange));
}

void routes::close_sessions(const http_request& request, const exchange_ptr& exchange) {
  const auto order = parsed(request);
  if (const auto id = text_member(order, "id"); !id.empty()) {
    const auto which = parse_id(id);
    if (!which)
      return exchange->respond(refusal_answer(which.error()));
    const auto whose = services_->accounts->close_session(*which);
    if (!whose)
      return exchange->respond(refusal_answer(whose.error()));
    if (services_->revoke)
      services_->revoke({*whose, *which});
    return exchange->respond(json_answer(200, R"({"closed":true})"));
  }
  const auto who = services_->accounts->find_user(text_member(order, "user"));
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  if (const auto closed = end_sessions(who->id); !closed)
    return exchange->respond(refusal_answer(closed.error()));
  exchange->respond(json_answer(200, R"({"closed":true})"));
}

void routes::list_users(const http_request&, const exchange_ptr& exchange) {
  const auto users = listed_users(*services_->accounts);
  exchange->respond(users ? json_answer(200, users->dump()) : refusal_answer(users.error()));
}

void routes::disable_user(const http_request& request, const exchange_ptr& exchange) {
  const auto order = parsed(request);
  const auto found = order.is_object() ? order.find("disabled") : order.end();
  const bool disabled = !order.is_object() || found == order.end() || *found != false;
  const auto who = services_->accounts->set_disabled(text_member(order, "name"), disabled);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  if (disabled && services_->revoke)
    services_->revoke({who->id, 0});
  exchange->respond(json_answer(200, json{{"user", who->name}, {"disabled", disabled}}.dump()));
}

void routes::change_password(const http_request& request, const exchange_ptr& exchange) {
  const auto order = parsed(request);
  this->request(services_->authenticator, caf::infinite,
                set_password{text_member(order, "name"), text_member(order, "password")})
      .then(
          [this, exchange](const password_set& reply) {
            if (!reply.who)
              return exchange->respond(refusal_answer(reply.who.error()));
            if (services_->revoke)
              services_->revoke({reply.who->id, 0});
            exchange->respond(json_answer(200, json{{"user", reply.who->name}}.dump()));
          },
          unavailable(exchange));
}

void routes::list_tokens(const http_request&, const exchange_ptr& exchange) {
  const auto tokens = listed_tokens(*services_->accounts);
  exchange->respond(tokens ? json_answer(200, tokens->dump()) : refusal_answer(tokens.error()));
}

void routes::revoke_token(const http_request& request, const exchange_ptr& exchange) {
  const auto id = parse_id(text_member(parsed(request), "id"));
  if (!id)
    return exchange->respond(refusal_answer(id.error()));
  const auto revoked = services_->accounts->revoke_token(*id);
  if (!revoked)
    return exchange->respond(refusal_answer(revoked.error()));
  if (revoked->user && services_->revoke)
    services_->revoke({*revoked->user, *id});
  exchange->respond(json_answer(200, R"({"revoked":true})"));
}

void routes::set_log_level(const http_request& request, const exchange_ptr& exchange) {
  const auto level = text_member(parsed(request), "level");
  const auto done = services_->set_log_level ? services_->set_log_level(level)
                                             : result<void>(refuse(errc::invalid_value, "there is no log"));
  exchange->respond(done ? json_answer(200, json{{"level", level}}.dump()) : refusal_answer(done.error()));
}

void routes::drain_service(const http_request&, const exchange_ptr& exchange) {
  exchange->respond(json_answer(202, R"({"draining":true})"));
  if (services_->drain)
    services_->drain();
}

} // namespace btpay
