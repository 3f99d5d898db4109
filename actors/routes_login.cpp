#include "actors/http_answers.hpp"
#include "actors/routes.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace btpay {

namespace {

constexpr std::string_view session_cookie_name = "sessionid";

/// What a log-in request brings, as a form or as JSON.
struct credentials {
  btpay::log_in who;
  std::string next;
  bool as_json = false;
};

credentials read_credentials(const http_request& request) {
  credentials read;
  if (has_media_type(request, "application/json")) {
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    const auto text = [&body](const char* name) -> std::string {
      const auto found = body.is_object() ? body.find(name) : body.end();
      return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    read.as_json = true;
    read.who = {text("username"), text("password")};
  } else {
    read.who = {form_field(request.body, "username").value_or(""), form_field(request.body, "password").value_or("")};
    read.next = form_field(request.body, "next").value_or("");
  }
  return read;
}

/// The first of the client's offers that we speak; empty where there is none.
std::string_view chosen_protocol(std::string_view offers) {
  while (!offers.empty()) {
    auto offer = offers.substr(0, offers.find(','));
    offers.remove_prefix(std::min(offers.size(), offer.size() + 1));
    while (offer.starts_with(' ') || offer.starts_with('\t'))
      offer.remove_prefix(1);
    while (offer.ends_with(' ') || offer.ends_with('\t'))
      offer.remove_suffix(1);
    for (const auto ours : {json_protocol, msgpack_protocol})
      if (offer == ours)
        return ours;
  }
  return {};
}

} // namespace

result<account> routes::user_of(const http_request& request) const {
  if (const auto value = cookie(request, session_cookie_name); !value.empty())
    return services_->accounts->find_session(value, services_->time->now());
  if (const auto token = bearer_token(request); !token.empty()) {
    const auto grant = services_->accounts->find_token(token);
    if (grant && grant->user)
      return services_->accounts->find_user(*grant->user);
  }
  return refuse(errc::unauthenticated, "log in at /login first");
}

result<token_grant> routes::grant_of(const http_request& request, scope needed) const {
  const auto token = bearer_token(request);
  if (token.empty())
    return refuse(errc::unauthenticated, "send a token: Authorization: Bearer …");
  auto grant = services_->accounts->find_token(token);
  if (grant && !grant->allows(needed))
    return refuse(errc::forbidden, "the token lacks the scope " + std::string(to_string(needed)));
  return grant;
}

std::string routes::session_cookie(std::string_view value, std::chrono::seconds age_max) const {
  std::string text(session_cookie_name);
  text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
  return text + std::to_string(age_max.count());
}

void routes::login_page(const http_request& request, const exchange_ptr& exchange) {
  exchange->respond(services_->pages.serve("login.html", request));
}

void routes::log_in(const http_request& request, const exchange_ptr& exchange) {
  if (!is_same_origin(request))
    return exchange->respond(refusal_answer({errc::forbidden, "the request comes from another site"}));
  auto read = read_credentials(request);
  auto target = local_target(read.next);
  this->request(services_->authenticator, caf::infinite, std::move(read.who))
      .then(
          [this, exchange, target, as_json = read.as_json](const logged_in& reply) {
            http_response answer;
            if (!reply.who && as_json)
              answer = refusal_answer(reply.who.error());
            else if (!reply.who)
              answer = redirect("/login?error=1&next=" + percent_encoded(target));
            else if (as_json)
              answer = json_answer(200, nlohmann::json{{"user", reply.who->name}}.dump());
            else
              answer = redirect(target);
            if (reply.who)
              answer.headers.emplace_back("Set-Cookie", session_cookie(reply.cookie, services_->session_age_max));
            exchange->respond(std::move(answer));
          },
          unavailable(exchange));
}

void routes::log_out(const http_request& request, const exchange_ptr& exchange) {
  if (!is_same_origin(request))
    return exchange->respond(refusal_answer({errc::forbidden, "the request comes from another site"}));
  if (const auto value = cookie(request, session_cookie_name); !value.empty())
    if (auto closed = services_->accounts->close_session(value); !closed)
      return exchange->respond(refusal_answer(closed.error()));
  auto answer = redirect("/login");
  answer.headers.emplace_back("Set-Cookie", session_cookie("", std::chrono::seconds{0}));
  exchange->respond(std::move(answer));
}

void routes::live_socket(const http_request& request, const exchange_ptr& exchange) {
  open_socket(session_kind::live, request, exchange);
}

void routes::notify_socket(const http_request& request, const exchange_ptr& exchange) {
  open_socket(session_kind::notify, request, exchange);
}

void routes::open_socket(session_kind kind, const http_request& request, const exchange_ptr& exchange) {
  if (!request.upgrade) {
    auto answer = json_answer(426, R"({"error":"upgrade_required","message":"this path speaks WebSocket"})");
    answer.headers.emplace_back("Upgrade", "websocket");
    return exchange->respond(std::move(answer));
  }
  if (!is_same_origin(request))
    return exchange->respond(refusal_answer({errc::forbidden, "the Origin is not this service"}));
  auto who = user_of(request);
  if (!who)
    return exchange->respond(refusal_answer({errc::forbidden, who.error().message}));
  session_grant grant{kind, std::move(*who)};
  if (kind == session_kind::live) {
    grant.protocol = chosen_protocol(request.header("sec-websocket-protocol"));
    grant.silent = form_field(request.query, "level") == "2";
  }
  exchange->accept_websocket(std::move(grant));
}

} // namespace btpay
