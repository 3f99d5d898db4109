#include "actors/client_command.hpp"
#include "actors/http_answers.hpp"
#include "actors/messages.hpp"
#include "actors/past_message.hpp"
#include "actors/routes.hpp"

#include <caf/all.hpp>

namespace btpay {

namespace {

http_response message_answer(const shared_bytes& message) {
  auto answer = json_answer(200, {});
  answer.body = message;
  return answer;
}

/// The message that a socket would get, with the status that belongs to its code.
http_response error_answer(const refusal& why, std::string_view ref, instant now) {
  auto answer = refusal_answer(why);
  answer.body = error_message(why, ref, now);
  return answer;
}

} // namespace

/// What a client says on a socket, said by a post.
void routes::command(const http_request& request, const exchange_ptr& exchange) {
  const auto who = user_of(request);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  auto sent = read_client_request(request.body);
  if (!sent.asked)
    return exchange->respond(error_answer(sent.asked.error(), sent.ref, services_->time->now()));
  std::visit([&](auto& asked) { obey(*who, asked, sent.ref, exchange); }, *sent.asked);
}

void routes::obey(const account&, const ping&, const std::string& ref, const exchange_ptr& exchange) {
  exchange->respond(message_answer(pong_message(ref, services_->time->now())));
}

void routes::obey(const account& who, const request_view& asked, const std::string& ref, const exchange_ptr& exchange) {
  this->request(services_->actors->projector(asked.view, who.id), caf::infinite, view_query{who.id})
      .then(
          [exchange, ref](const view_frame& frame) {
            exchange->respond(frame.message ? message_answer(with_ref(frame.message, ref))
                                            : refusal_answer({errc::storage_failed, "the log could not be read"}));
          },
          unavailable(exchange));
}

void routes::obey(const account& who, const request_review&, const std::string& ref, const exchange_ptr& exchange) {
  this->request(services_->actors->bookkeeper(who.id), caf::infinite, book_query{who.id, book_query::review{}})
      .then(
          [this, exchange, ref](const book_page& page) {
            exchange->respond(page.data ? message_answer(review_message(*page.data, {services_->epoch, page.at}, ref,
                                                                        services_->time->now()))
                                        : refusal_answer({errc::storage_failed, "the log could not be read"}));
          },
          unavailable(exchange));
}

void routes::obey(const account& who, past_question& asked, const std::string& ref, const exchange_ptr& exchange) {
  asked.query.user = who.id;
  auto query = asked.query;
  this->request(services_->actors->historian(who.id), caf::infinite, std::move(query))
      .then(
          [this, exchange, ref, asked = std::move(asked)](const past_answer& reply) {
            const auto now = services_->time->now();
            exchange->respond(reply.told ? message_answer(past_message(asked, *reply.told, services_->epoch, ref, now))
                                         : error_answer(reply.told.error(), ref, now));
          },
          unavailable(exchange));
}

void routes::obey(const account& who, const btpay::auto_categorize& asked, const std::string& ref,
                  const exchange_ptr& exchange) {
  decide(
      who, asked, exchange,
      [this, ref](const outcome& done, position) {
        return auto_categorize_message(done.categorized, std::nullopt, ref, services_->time->now());
      },
      ref);
}

void routes::obey(const account& who, user_decision& asked, const std::string& ref, const exchange_ptr& exchange) {
  decide(
      who, std::move(asked.what), exchange,
      [this, ref, name = asked.name](const outcome& done, position at) {
        return decision_message(name, done.changed, {services_->epoch, at}, ref, services_->time->now());
      },
      ref);
}

void routes::obey(const account&, const subscribe&, const std::string& ref, const exchange_ptr& exchange) {
  exchange->respond(error_answer({errc::unknown_command, "subscribe is for a WebSocket: use /ws/btpay/live/"}, ref,
                                 services_->time->now()));
}

void routes::decide(const account& who, btpay::command what, const exchange_ptr& exchange, decision_renderer render,
                    const std::string& ref) {
  this->request(services_->actors->users(who.id), caf::infinite, user_command{who.id, std::move(what)})
      .then(
          [this, exchange, ref, render = std::move(render)](const commanded& reply) {
            if (reply.answer)
              exchange->respond(message_answer(render(*reply.answer, reply.at)));
            else
              exchange->respond(error_answer(reply.answer.error(), ref, services_->time->now()));
          },
          unavailable(exchange));
}

} // namespace btpay
