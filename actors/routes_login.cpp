#include "actors/http_answers.hpp"
#include "actors/routes.hpp"
#include "storage/credentials.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace btpay {

namespace {

constexpr std::string_view session_cookie_name = "sessionid";

/// No log-in is longer. What strangers send is not made into a tree, which takes many times the memory and holds
/// everybody else of its thread up.
constexpr std::size_t log_in_bytes_max = 16 * 1024;

/// What a log-in request brings, as a form or as JSON.
struct credentials {
  btpay::log_in who;
  std::string next;
  bool as_json = false;
};

credentials read_credentials(const http_request& request) {
  credentials read;
  read.as_json = has_media_type(request, "application/json");
  if (request.body.size() > log_in_bytes_max)
    return read;
  if (read.as_json) {
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    const auto text = [&body](const char* name) -> std::string {
      const auto found = body.is_object() ? body.find(name) : body.end();
      return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    read.who = {text("username"), text("password")};
  } else {
    read.who = {form_field(request.body, "username").value_or(""), form_field(request.body, "password").value_or("")};
    read.next = form_field(request.body, "next").value_or("");
  }
  return read;
}

http_response upgrade_required() {
  auto answer = json_answer(426, R"({"error":"upgrade_required","message":"this path speaks WebSocket"})");
  answer.headers.emplace_back("Upgrade", "websocket");
  return answer;
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

std::string session_cookie(std::string_view value, std::chrono::seconds age_max, bool secure) {
  std::string text(session_cookie_name);
  text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
  return text.append(std::to_string(age_max.count())).append(secure ? "; Secure" : "");
}

http_response come_back_later(const login_gate::verdict& verdict) {
  const auto seconds = std::to_string(verdict.retry_after.count());
  auto answer = json_answer(verdict.busy ? 503 : 429,
                            verdict.busy ? R"({"error":"overloaded","message":"too many log-ins at once"})"
                                         : R"({"error":"overloaded","message":"too many wrong passwords: wait"})");
  answer.headers.emplace_back("Retry-After", seconds);
  return answer;
}

} // namespace

void routes::login_page(const http_request& request, const exchange_ptr& exchange) {
  exchange->respond(services_->pages.serve("login.html", request));
}

void routes::log_in(const http_request& request, const exchange_ptr& exchange) {
  auto read = read_credentials(request);
  auto target = local_target(read.next);
  const auto verdict = services_->logins->enter(read.who.name, request.peer, services_->time->now());
  if (!verdict.entered)
    return exchange->respond(come_back_later(verdict));
  const auto attempt = *verdict.entered;
  const std::string before(cookie(request, session_cookie_name));
  this->request(services_->authenticator, caf::infinite, std::move(read.who))
      .then(
          [this, exchange, target, before, attempt, as_json = read.as_json,
           secure = request.secure](const logged_in& reply) {
            services_->logins->leave(attempt, reply.who.has_value());
            http_response answer;
            if (!reply.who && as_json)
              answer = refusal_answer(reply.who.error());
            else if (!reply.who)
              answer = redirect("/login?error=1&next=" + percent_encoded(target));
            else if (as_json)
              answer = json_answer(200, nlohmann::json{{"user", reply.who->name}}.dump());
            else
              answer = redirect(target);
            if (reply.who) {
              // What the browser had is worth nothing from now on, whoever had planted it.
              if (!before.empty())
                static_cast<void>(end_session(before));
              answer.headers.emplace_back("Set-Cookie",
                                          session_cookie(reply.cookie, services_->session_age_max, secure));
            }
            exchange->respond(std::move(answer));
          },
          [this, exchange, attempt](const caf::error& gone) {
            services_->logins->leave(attempt, false);
            unavailable(exchange)(gone);
          });
}

/// Ends what one cookie opened: the session and its sockets.
result<void> routes::end_session(std::string_view value) {
  const auto who = services_->accounts->find_session(value, services_->time->now());
  auto closed = services_->accounts->close_session(value);
  if (who && closed && services_->revoke)
    services_->revoke({who->id, id_of_secret(value)});
  return closed;
}

void routes::log_out(const http_request& request, const exchange_ptr& exchange) {
  const auto value = cookie(request, session_cookie_name);
  const bool everywhere = form_field(request.query, "everywhere") || form_field(request.body, "everywhere");
  if (!value.empty()) {
    const auto who = services_->accounts->find_session(value, services_->time->now());
    const auto closed = everywhere && who ? end_sessions(who->id) : end_session(value);
    if (!closed)
      return exchange->respond(refusal_answer(closed.error()));
  }
  auto answer = redirect("/login");
  answer.headers.emplace_back("Set-Cookie", session_cookie("", std::chrono::seconds{0}, request.secure));
  exchange->respond(std::move(answer));
}

/// Ends all of a user's sessions, and every socket, whatever opened it.
result<void> routes::end_sessions(user_id user) {
  auto closed = services_->accounts->close_sessions(user);
  if (closed && services_->revoke)
    services_->revoke({user, 0});
  return closed;
}

void routes::live_socket(const http_request& request, const exchange_ptr& exchange) {
  open_socket(session_kind::live, request, exchange);
}

void routes::notify_socket(const http_request& request, const exchange_ptr& exchange) {
  open_socket(session_kind::notify, request, exchange);
}

void routes::echo_socket(const http_request& request, const exchange_ptr& exchange) {
  if (!services_->test_echo || !is_loopback(request.peer))
    return exchange->respond(refusal_answer({errc::unknown_item, "no such path"}));
  if (!request.upgrade)
    return exchange->respond(upgrade_required());
  exchange->accept_websocket({session_kind::echo, {}});
}

void routes::open_socket(session_kind kind, const http_request& request, const exchange_ptr& exchange) {
  if (!request.upgrade)
    return exchange->respond(upgrade_required());
  auto who = identity_of(request);
  // Only where it is the store that fails is it not the client's.
  if (!who)
    return exchange->respond(who.error().code == errc::overloaded
                                 ? refusal_answer(who.error())
                                 : refusal_answer({errc::forbidden, who.error().message}));
  session_grant grant;
  grant.kind = kind;
  grant.who = std::move(who->who);
  grant.credential = who->credential;
  grant.valid_time = who->valid_time;
  if (kind == session_kind::live) {
    grant.protocol = chosen_protocol(request.header("sec-websocket-protocol"));
    grant.silent = form_field(request.query, "level") == "2";
  }
  exchange->accept_websocket(std::move(grant));
}

} // namespace btpay
