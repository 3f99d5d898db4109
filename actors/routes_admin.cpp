#include "actors/http_answers.hpp"
#include "actors/notification_form.hpp"
#include "actors/routes.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>

#include <array>

namespace btpay {

namespace {

/// A member that is a string; empty where it is absent or something else.
std::string text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The role that a body names, if it names one.
result<std::optional<account_role>> role_member(const nlohmann::json& object) {
  if (!object.contains("role"))
    return std::nullopt;
  return parse_role(text_member(object, "role")).map([](account_role role) { return std::optional{role}; });
}

result<nlohmann::json> parse_object(const std::string& body) {
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object())
    return refuse(errc::malformed, "send a JSON object");
  return parsed;
}

} // namespace

void routes::post_notification(const http_request& request, const exchange_ptr& exchange) {
  if (const auto may = operator_of(request); !may)
    return exchange->respond(refusal_answer(may.error()));
  auto order = parse_notification(request.body);
  if (!order)
    return exchange->respond(refusal_answer(order.error()));
  this->request(services_->admin, caf::infinite, std::move(*order))
      .then(
          [exchange](const notified& reply) {
            if (!reply.users)
              return exchange->respond(refusal_answer(reply.users.error()));
            exchange->respond(
                json_answer(200, nlohmann::json{{"notified", *reply.users}, {"seq", raw(reply.at)}}.dump()));
          },
          unavailable(exchange));
}

void routes::add_user(const http_request& request, const exchange_ptr& exchange) {
  const auto body = parse_object(request.body);
  if (!body)
    return exchange->respond(refusal_answer(body.error()));
  const auto home = currency::parse(body->contains("home_currency") ? text_member(*body, "home_currency") : "RON");
  if (!home)
    return exchange->respond(refusal_answer(home.error()));
  const auto role = role_member(*body);
  if (!role)
    return exchange->respond(refusal_answer(role.error()));
  const auto zone = body->contains("zone") ? text_member(*body, "zone") : services_->new_user_zone;
  btpay::add_user order{text_member(*body, "name"), text_member(*body, "password"), zone, *home,
                        role->value_or(account_role::member)};
  this->request(services_->authenticator, caf::infinite, std::move(order))
      .then(
          [this, exchange](const user_added& reply) {
            if (!reply.who)
              return exchange->respond(refusal_answer(reply.who.error()));
            open_stream(*reply.who, 201, exchange);
          },
          unavailable(exchange));
}

/// The stream begins with the profile, so that even an empty view is cut in the user's zone; and tells of each later
/// one, so that the views follow.
void routes::open_stream(const account& who, unsigned status, const exchange_ptr& exchange) {
  this->request(services_->actors->users(who.id), caf::infinite,
                user_command{who.id, open_user{{who.name, who.zone, who.home}}})
      .then(
          [exchange, status, id = who.id](const commanded& opened) {
            exchange->respond(opened.answer ? json_answer(status, nlohmann::json{{"id", raw(id)}}.dump())
                                            : refusal_answer(opened.answer.error()));
          },
          unavailable(exchange));
}

/// What is not named stays as it is. Who loses a role loses what it allows with the next request: each asks the store.
void routes::set_user(const http_request& request, const exchange_ptr& exchange) {
  const auto body = parse_object(request.body);
  if (!body)
    return exchange->respond(refusal_answer(body.error()));
  std::optional<currency> home;
  if (body->contains("home_currency")) {
    const auto parsed = currency::parse(text_member(*body, "home_currency"));
    if (!parsed)
      return exchange->respond(refusal_answer(parsed.error()));
    home = *parsed;
  }
  std::optional<std::string> zone;
  if (body->contains("zone"))
    zone = text_member(*body, "zone");
  const auto role = role_member(*body);
  if (!role)
    return exchange->respond(refusal_answer(role.error()));
  const auto who = services_->accounts->set_profile(text_member(*body, "name"), zone, home, *role);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  open_stream(*who, 200, exchange);
}

void routes::reload(const http_request&, const exchange_ptr& exchange) {
  const auto done = services_->reload();
  exchange->respond(done ? json_answer(200, R"({"reloaded":true})") : refusal_answer(done.error()));
}

void routes::create_token(const http_request& request, const exchange_ptr& exchange) {
  const auto body = parse_object(request.body);
  if (!body)
    return exchange->respond(refusal_answer(body.error()));
  std::uint8_t scopes = 0;
  for (const auto& name : body->value("scopes", nlohmann::json::array())) {
    const auto one = parse_scope(name.is_string() ? name.get<std::string>() : "");
    if (!one)
      return exchange->respond(refusal_answer(one.error()));
    scopes = static_cast<std::uint8_t>(scopes | static_cast<std::uint8_t>(*one));
  }
  std::optional<user_id> user;
  if (const auto name = text_member(*body, "user"); !name.empty()) {
    const auto who = services_->accounts->find_user(name);
    if (!who)
      return exchange->respond(refusal_answer(who.error()));
    user = who->id;
  }
  const auto now = services_->time->now();
  std::optional<instant> expires;
  if (const auto seconds = body->find("expires_in"); seconds != body->end()) {
    if (!seconds->is_number_unsigned() || *seconds > std::uint64_t{100} * 366 * 86'400)
      return exchange->respond(refusal_answer({errc::invalid_value, "expires_in is a number of seconds"}));
    expires = now + std::chrono::seconds{seconds->get<std::int64_t>()};
  }
  const auto token = services_->accounts->create_token(scopes, user, expires, now);
  exchange->respond(token ? json_answer(201, nlohmann::json{{"token", *token}}.dump()) : refusal_answer(token.error()));
}

} // namespace btpay
