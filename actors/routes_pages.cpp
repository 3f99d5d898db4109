#include "actors/http_answers.hpp"
#include "actors/routes.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace btpay {

namespace {

/// The page of each path. The last takes the merchant from the rest of its own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> pages{{
    {"/finance/bt-pay/", "dashboard.html"},
    {"/finance/bt-pay/live/", "polling.html"},
    {"/finance/bt-pay/transactions/", "transactions.html"},
    {"/finance/bt-pay/analysis/", "analysis.html"},
}};

} // namespace

void routes::user_page(const http_request& request, const exchange_ptr& exchange) {
  for (const auto& [path, file] : pages)
    if (path == request.path)
      return page(file, request, exchange);
}

/// Who may not see it is told so in the form that was asked for.
void routes::operator_page(const http_request& request, const exchange_ptr& exchange) {
  if (!user_of(request))
    return lead_to_login(request, exchange);
  const auto may = operator_of(request);
  if (may)
    return exchange->respond(services_->pages.serve("operator.html", request));
  // A browser names it; a program that takes anything gets the refusal.
  if (request.header("accept").find("text/html") != std::string_view::npos)
    return exchange->respond(services_->pages.serve("forbidden.html", request, 403));
  exchange->respond(refusal_answer(may.error()));
}

void routes::merchant_page(const http_request& request, const exchange_ptr& exchange) {
  page("merchant.html", request, exchange);
}

void routes::page(std::string_view file, const http_request& request, const exchange_ptr& exchange) {
  if (user_of(request))
    return exchange->respond(services_->pages.serve(file, request));
  lead_to_login(request, exchange);
}

void routes::lead_to_login(const http_request& request, const exchange_ptr& exchange) {
  auto target = percent_encoded(request.path);
  if (!request.query.empty())
    target += "%3F" + percent_encoded(request.query);
  exchange->respond(redirect(services_->login_url + "?next=" + target));
}

void routes::static_file(const http_request& request, const exchange_ptr& exchange) {
  exchange->respond(services_->pages.serve(std::string_view(request.path).substr(static_prefix.size()), request));
}

} // namespace btpay
