#include "actors/routes.hpp"

#include "actors/http_answers.hpp"
#include "actors/negotiated_exchange.hpp"

#include <caf/all.hpp>

#include <array>
#include <string_view>

namespace btpay {

struct routes::route {
  std::string_view path;
  http_method method;
  handler answer;
  bool operators = false; ///< for those whom `operator_of` knows
};

namespace {

constexpr std::string_view merchant_prefix = "/finance/bt-pay/merchant/";

std::string_view to_string(http_method method) { return method == http_method::post ? "POST" : "GET, HEAD"; }

/// Who shows no token and is not logged in is not told what is there for operators.
bool is_stranger(const http_request& request, const refusal& why) {
  return bearer_token(request).empty() && why.code == errc::unauthenticated;
}

} // namespace

routes::routes(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<const routes_services> services)
    : pinned(config, unit), services_(std::move(services)) {}

routes::behavior_type routes::make_behavior() {
  return {[this](const http_request_received& received) {
            receive(received.request, std::make_shared<negotiated_exchange>(received.exchange, received.request));
          },
          [this](const application_answered& answer) { on_answer(answer); }};
}

void routes::on_exit() {
  waiting_.clear();
  services_.reset();
}

void routes::dispatch(const http_request& request, const exchange_ptr& exchange) {
  using enum http_method;
  static constexpr std::array table{
      route{"/", get, &routes::root},
      route{"/finance/bt-pay/", get, &routes::user_page},
      route{"/finance/bt-pay/live/", get, &routes::user_page},
      route{"/finance/bt-pay/transactions/", get, &routes::user_page},
      route{"/finance/bt-pay/analysis/", get, &routes::user_page},
      route{"/finance/bt-pay/operator/", get, &routes::operator_page},
      route{"/login", get, &routes::login_page},
      route{"/login", post, &routes::log_in},
      route{"/logout", post, &routes::log_out},
      route{"/ws/btpay/live/", get, &routes::live_socket},
      route{"/ws/btpay/notify/", get, &routes::notify_socket},
      route{"/ws/echo", get, &routes::echo_socket},
      route{"/api/bt-pay/dashboard/", get, &routes::dashboard},
      route{"/finance/api/bt-pay/dashboard/", get, &routes::dashboard},
      route{"/finance/api/bt-pay/pending/", get, &routes::pending},
      route{"/finance/api/bt-pay/hourly/", get, &routes::hourly},
      route{"/finance/api/bt-pay/categories/", get, &routes::categories},
      route{"/finance/api/bt-pay/transactions/", get, &routes::transactions},
      route{"/finance/api/bt-pay/stats/", get, &routes::stats},
      route{"/finance/api/bt-pay/review/", get, &routes::review},
      route{"/finance/api/bt-pay/account/", get, &routes::own_account},
      route{"/finance/api/bt-pay/stream/", get, &routes::stream},
      route{"/finance/api/bt-pay/command/", post, &routes::command},
      route{"/finance/bt-pay/auto-categorize/", post, &routes::auto_categorize},
      route{"/api/v1/transactions", post, &routes::ingest},
      route{"/api/v1/notifications", post, &routes::post_notification},
      route{"/admin/users", get, &routes::list_users, true},
      route{"/admin/users", post, &routes::add_user, true},
      route{"/admin/users/disabled", post, &routes::disable_user, true},
      route{"/admin/users/password", post, &routes::change_password, true},
      route{"/admin/tokens", get, &routes::list_tokens, true},
      route{"/admin/users/set", post, &routes::set_user, true},
      route{"/admin/reload", post, &routes::reload, true},
      route{"/admin/tokens", post, &routes::create_token, true},
      route{"/admin/tokens/revoke", post, &routes::revoke_token, true},
      route{"/admin/sessions", get, &routes::list_sessions, true},
      route{"/admin/sessions/close", post, &routes::close_sessions, true},
      route{"/admin/log-level", post, &routes::set_log_level, true},
      route{"/admin/drain", post, &routes::drain_service, true},
      route{"/healthz", get, &routes::healthz},
      route{"/readyz", get, &routes::readyz},
      route{"/metrics", get, &routes::metrics},
  };
  const auto method = request.method == head ? get : request.method;
  if (request.path.starts_with(static_prefix) && method == get)
    return static_file(request, exchange);
  if (request.path.starts_with(merchant_prefix) && request.path.size() > merchant_prefix.size() && method == get)
    return merchant_page(request, exchange);
  std::string allowed;
  for (const auto& candidate : table) {
    if (candidate.path != request.path)
      continue;
    const auto may = candidate.operators ? operator_of(request) : result<void>();
    if (!may && is_stranger(request, may.error()))
      continue;
    if (!may)
      return exchange->respond(refusal_answer(may.error()));
    if (candidate.method == method)
      return (this->*candidate.answer)(request, exchange);
    allowed.append(allowed.empty() ? "" : ", ").append(to_string(candidate.method));
  }
  if (allowed.empty())
    return exchange->respond(refusal_answer({errc::unknown_item, "no such path"}));
  auto answer = json_answer(405, R"({"error":"method_not_allowed","message":"see the Allow header"})");
  answer.headers.emplace_back("Allow", std::move(allowed));
  exchange->respond(std::move(answer));
}

std::function<void(const caf::error&)> routes::unavailable(const exchange_ptr& exchange) {
  return [exchange](const caf::error&) {
    exchange->respond(refusal_answer({errc::shutting_down, "the service is stopping: try again in a second"}));
  };
}

void routes::root(const http_request&, const exchange_ptr& exchange) { exchange->respond(redirect(local_target(""))); }

void routes::healthz(const http_request&, const exchange_ptr& exchange) { exchange->respond(text_answer(200, "ok\n")); }

void routes::readyz(const http_request&, const exchange_ptr& exchange) {
  exchange->respond(services_->ready() ? text_answer(200, "ready\n") : text_answer(503, "not ready\n"));
}

void routes::metrics(const http_request& request, const exchange_ptr& exchange) {
  if (const auto may = may_read_metrics(request); !may)
    return exchange->respond(refusal_answer(may.error()));
  auto answer = text_answer(200, services_->metrics());
  answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
  exchange->respond(std::move(answer));
}

} // namespace btpay
