#include "actors/live_session.hpp"
#include "actors/messages.hpp"
#include "actors/past_message.hpp"

#include <caf/all.hpp>

#include <utility>

namespace btpay {

/// One at a time, so that a client's questions are answered in their order and it cannot fill the historian's queue.
void live_session::obey(past_question& asked, const std::string& ref) {
  asked.query.user = user_;
  if (!questions_) {
    questions_ = std::make_unique<questions>();
    return ask_historian(std::move(asked), ref);
  }
  if (questions_->waiting.size() >= services_->limits.waiting_questions_max)
    return answer(error_message({errc::overloaded, "too many questions wait: wait for their answers"}, ref,
                                services_->time->now()));
  questions_->waiting.push_back({std::move(asked), ref});
}

void live_session::ask_historian(past_question asked, std::string ref) {
  auto query = asked.query;
  request(services_->actors->historian(user_), caf::infinite, std::move(query))
      .then([this, asked = std::move(asked),
             ref = std::move(ref)](const past_answer& reply) { on_told(asked, ref, reply); },
            [this](const caf::error&) { fail(); });
}

void live_session::on_told(const past_question& asked, const std::string& ref, const past_answer& reply) {
  const auto now = services_->time->now();
  answer(reply.told ? past_message(asked, *reply.told, services_->epoch, ref, now)
                    : error_message(reply.told.error(), ref, now));
  if (questions_->waiting.empty())
    return questions_.reset();
  auto next = std::move(questions_->waiting.front());
  questions_->waiting.pop_front();
  ask_historian(std::move(next.asked), std::move(next.ref));
}

} // namespace btpay
