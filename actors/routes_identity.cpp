/// Who asks, by whatever they show: our own session cookie or token, or the word of an application that has the log-in.

#include "actors/http_answers.hpp"
#include "actors/routes.hpp"
#include "storage/credentials.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <array>

namespace btpay {

namespace {

constexpr std::string_view session_cookie_name = "sessionid";

/// How long the word of the application is good for. A log-out there is felt here no later.
constexpr std::chrono::seconds known_guest_time{30};
constexpr std::chrono::seconds unknown_guest_time{5};
constexpr std::size_t guests_max = 20'000;
/// Requests that wait for the application's answer about the same cookies.
constexpr std::size_t waiting_requests_max = 64;

bool is_for_users(std::string_view path) {
  constexpr std::array prefixes{std::string_view("/finance/"), std::string_view("/api/"), std::string_view("/ws/"),
                                std::string_view("/admin/"), std::string_view("/metrics")};
  return std::ranges::any_of(prefixes, [path](std::string_view one) { return path.starts_with(one); });
}

std::chrono::seconds until(instant then, instant now) {
  return std::chrono::ceil<std::chrono::seconds>(std::max(duration{}, then - now));
}

result<account> if_enabled(result<account> who) {
  if (who && who->disabled)
    return refuse(errc::unauthenticated, "the account is disabled: ask who runs this service");
  return who;
}

std::string_view without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  return colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos ? host
                                                                                            : host.substr(0, colon);
}

} // namespace

// -- which requests are looked at at all ------------------------------------------------------------------------------

void routes::receive(const http_request& request, const exchange_ptr& exchange) {
  const auto& hosts = services_->allowed_hosts;
  if (!request.local_operator && !hosts.empty() &&
      std::ranges::find(hosts, without_port(request.header("host"))) == hosts.end())
    return exchange->respond(
        json_answer(421, R"({"error":"forbidden","message":"this service does not go by that name"})"));
  // Where what a browser sends by itself is the authorisation, the browser's word on who made it send counts. A token
  // it does not send by itself.
  const bool changes = request.method == http_method::post || request.method == http_method::other ||
                       request.method == http_method::put || request.method == http_method::delete_;
  if ((changes || request.upgrade) && bearer_token(request).empty() && is_foreign(request, services_->allowed_origins))
    return exchange->respond(refusal_answer({errc::forbidden, "the request comes from another site"}));
  if (!find_out(request, exchange))
    dispatch(request, exchange);
}

// -- ours -------------------------------------------------------------------------------------------------------------

result<identity> routes::own_identity(const http_request& request) const {
  const auto now = services_->time->now();
  auto& accounts = *services_->accounts;
  if (const auto value = cookie(request, session_cookie_name); !value.empty()) {
    instant expires{};
    auto who = accounts.find_session(value, now, &expires);
    if (who)
      return identity{std::move(*who), id_of_secret(value), until(expires, now)};
    if (who.error().code != errc::unauthenticated)
      return tl::unexpected(std::move(who.error()));
  }
  if (const auto token = bearer_token(request); !token.empty() && !is_jwt(token)) {
    const auto grant = accounts.find_token(token, now);
    if (!grant)
      return tl::unexpected(grant.error());
    if (grant->user) {
      std::optional<std::chrono::seconds> valid;
      if (grant->expires)
        valid = until(*grant->expires, now);
      return accounts.find_user(*grant->user).map([&](account who) {
        return identity{std::move(who), id_of_secret(token), valid};
      });
    }
  }
  return refuse(errc::unauthenticated, "log in at /login first");
}

result<token_grant> routes::grant_of(const http_request& request, scope needed) const {
  const auto token = bearer_token(request);
  if (token.empty())
    return refuse(errc::unauthenticated, "send a token: Authorization: Bearer …");
  auto grant = services_->accounts->find_token(token, services_->time->now());
  if (grant && !grant->allows(needed))
    return refuse(errc::forbidden, "the token lacks the scope " + std::string(to_string(needed)));
  return grant;
}

// -- operators --------------------------------------------------------------------------------------------------------

/// Over the admin socket, with a token of the scope `admin`, or logged in to an account with the role. A token of ours
/// says all by itself: that of a feed does not become an operator's where it is bound to one.
result<void> routes::operator_of(const http_request& request) const {
  if (request.local_operator)
    return {};
  const auto token = bearer_token(request);
  if (!token.empty() && !(services_->jwt && is_jwt(token)))
    return grant_of(request, scope::admin).map([](const token_grant&) {});
  const auto who = user_of(request);
  if (!who)
    return tl::unexpected(who.error());
  if (who->role != account_role::admin)
    return refuse(errc::forbidden, "this is for operators: ask for the role, `btpay-admin user set NAME --role admin`");
  return {};
}

/// What runs on this machine may, unless it is a proxy that hands on what others ask.
result<void> routes::may_read_metrics(const http_request& request) const {
  if (services_->public_metrics || (is_loopback(request.peer) && !request.forwarded))
    return {};
  if (!bearer_token(request).empty() && grant_of(request, scope::metrics))
    return {};
  const auto may = operator_of(request);
  if (!may && (may.error().code == errc::unauthenticated || may.error().code == errc::forbidden))
    return refuse(errc::forbidden,
                  "metrics are open to this machine alone: send a token, `btpay-admin token create --scope metrics`, "
                  "or start with --public-metrics");
  return may;
}

// -- another application's --------------------------------------------------------------------------------------------

std::string_view routes::jwt_of(const http_request& request) const {
  if (!services_->jwt)
    return {};
  if (const auto token = bearer_token(request); is_jwt(token))
    return token;
  return services_->jwt_cookie.empty() ? std::string_view() : cookie(request, services_->jwt_cookie);
}

result<identity> routes::identity_of(const http_request& request) const {
  auto own = own_identity(request);
  if (own || own.error().code != errc::unauthenticated)
    return own;
  const auto now = services_->time->now();
  if (const auto token = jwt_of(request); !token.empty()) {
    const auto claims = services_->jwt->verify(token, now);
    if (!claims)
      return tl::unexpected(claims.error());
    return if_enabled(services_->accounts->find_user(claims->subject)).map([&](account who) {
      return identity{std::move(who), id_of_secret(token), until(claims->expires, now)};
    });
  }
  const auto cookies = request.header("cookie");
  if (!services_->ask_application || cookies.empty())
    return own;
  const auto key = id_of_secret(cookies);
  const auto guest = guests_.find(key);
  if (guest == guests_.end() || guest->second.until <= now)
    return own;
  if (!guest->second.name)
    return tl::unexpected(guest->second.name.error());
  return if_enabled(services_->accounts->find_user(*guest->second.name)).map([&](account who) {
    return identity{std::move(who), key, {}};
  });
}

result<account> routes::user_of(const http_request& request) const {
  return identity_of(request).map([](identity found) { return std::move(found.who); });
}

bool routes::find_out(const http_request& request, const exchange_ptr& exchange) {
  if ((!services_->jwt && !services_->ask_application) || request.local_operator || !is_for_users(request.path) ||
      own_identity(request))
    return false;
  const auto now = services_->time->now();
  if (const auto token = jwt_of(request); !token.empty()) {
    const auto claims = services_->jwt->verify(token, now);
    return claims && make_if_new(claims->subject, request, exchange);
  }
  const auto cookies = request.header("cookie");
  if (!services_->ask_application || cookies.empty())
    return false;
  const auto key = id_of_secret(cookies);
  if (const auto guest = guests_.find(key); guest != guests_.end() && guest->second.until > now)
    return guest->second.name && make_if_new(*guest->second.name, request, exchange);
  auto& waiting = waiting_[key];
  if (waiting.size() >= waiting_requests_max) {
    exchange->respond(refusal_answer({errc::overloaded, "too many requests at once: try again"}));
    return true;
  }
  waiting.push_back({request, exchange});
  if (waiting.size() > 1)
    return true;
  // What is asked may outlive this actor, so it holds nothing of it.
  services_->ask_application(std::string(cookies), request.peer,
                             [key, weak = caf::weak_actor_ptr(ctrl())](result<std::string> name) {
                               if (const auto self = caf::actor_cast<routes_actor>(weak))
                                 caf::anon_send(self, application_answered{key, std::move(name)});
                             });
  return true;
}

void routes::on_answer(const application_answered& answer) {
  const auto now = services_->time->now();
  const bool answered = answer.name || answer.name.error().code == errc::unauthenticated;
  if (guests_.size() >= guests_max)
    std::erase_if(guests_, [now](const auto& one) { return one.second.until <= now; });
  if (guests_.size() >= guests_max)
    guests_.clear();
  // Where it did not answer, the requests that wait are told so, and the next one asks again.
  const auto kept = answer.name ? known_guest_time : answered ? unknown_guest_time : std::chrono::seconds{1};
  guests_.insert_or_assign(answer.key, guest{answer.name, now + kept});
  const auto found = waiting_.find(answer.key);
  if (found == waiting_.end())
    return;
  const auto requests = std::move(found->second);
  waiting_.erase(found);
  for (const auto& [request, exchange] : requests)
    if (!answer.name || !make_if_new(*answer.name, request, exchange))
      dispatch(request, exchange);
}

/// Makes the account of somebody whom the application vouches for; then `dispatch` goes on.
bool routes::make_if_new(const std::string& name, const http_request& request, const exchange_ptr& exchange) {
  if (!services_->create_users)
    return false;
  const auto known = services_->accounts->find_user(name);
  if (known || known.error().code != errc::unknown_user)
    return false;
  const auto go_on = [this, request, exchange](const auto&...) { dispatch(request, exchange); };
  this->request(services_->authenticator, caf::infinite,
                btpay::add_user{name, {}, services_->new_user_zone, services_->new_user_home})
      .then(
          [this, go_on](const user_added& reply) {
            if (!reply.who)
              return go_on(); // which says what is wrong with the name
            const auto& who = *reply.who;
            this->request(services_->actors->users(who.id), caf::infinite,
                          user_command{who.id, open_user{{who.name, who.zone, who.home}}})
                .then([go_on](const commanded&) { go_on(); }, [go_on](const caf::error&) { go_on(); });
          },
          unavailable(exchange));
  return true;
}

} // namespace btpay
