#include "actors/http_answers.hpp"
#include "actors/routes.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

void routes::dashboard(const http_request& request, const exchange_ptr& exchange) {
  answer_view(view_kind::dashboard, request, exchange);
}

void routes::pending(const http_request& request, const exchange_ptr& exchange) {
  answer_view(view_kind::pending, request, exchange);
}

void routes::hourly(const http_request& request, const exchange_ptr& exchange) {
  answer_view(view_kind::hourly, request, exchange);
}

void routes::categories(const http_request& request, const exchange_ptr& exchange) {
  answer_view(view_kind::categories, request, exchange);
}

/// What is known of who asks: pages show by it what is for operators.
void routes::own_account(const http_request& request, const exchange_ptr& exchange) {
  const auto who = user_of(request);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  exchange->respond(json_answer(200, nlohmann::json{{"name", who->name},
                                                    {"zone", who->zone},
                                                    {"home_currency", who->home.code()},
                                                    {"role", to_string(who->role)}}
                                         .dump()));
}

void routes::answer_view(view_kind view, const http_request& request, const exchange_ptr& exchange) {
  const auto who = user_of(request);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  this->request(services_->actors->projector(view, who->id), caf::infinite, view_query{who->id, true})
      .then(
          [exchange](const view_frame& frame) {
            if (!frame.message)
              return exchange->respond(refusal_answer({errc::storage_failed, "the log could not be read"}));
            auto answer = json_answer(200, {});
            answer.body = frame.message;
            exchange->respond(std::move(answer));
          },
          unavailable(exchange));
}

void routes::auto_categorize(const http_request& request, const exchange_ptr& exchange) {
  const auto who = user_of(request);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  this->request(services_->actors->users(who->id), caf::infinite, user_command{who->id, btpay::auto_categorize{}})
      .then(
          [exchange](const commanded& reply) {
            if (!reply.answer)
              return exchange->respond(refusal_answer(reply.answer.error()));
            const auto count = reply.answer->categorized;
            exchange->respond(
                json_answer(200, nlohmann::json{{"success", true},
                                                {"categorized", count},
                                                {"message", std::to_string(count) + " transactions categorized"}}
                                     .dump()));
          },
          unavailable(exchange));
}

} // namespace btpay
