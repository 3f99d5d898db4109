#include "actors/writer.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

namespace btpay {

writer::writer(caf::actor_config& config, std::shared_ptr<event_log> log, std::shared_ptr<const btpay::clock> time,
               writer_limits limits)
    : super(config), log_(std::move(log)), clock_(std::move(time)), limits_(limits) {}

writer::behavior_type writer::make_behavior() {
  return {
      [this](append& what) {
        auto answer = make_response_promise<appended>();
        gather(what, answer);
        return answer;
      },
      [this](const listen& listener) { listeners_.push_back(listener.who); },
      [this](const drain&) {
        commit();
        return drained{};
      },
      [this](const tick&) {
        commit_queued_ = false;
        commit();
      },
  };
}

void writer::on_exit() {
  // A promise refers to its actor: kept, the two would keep each other.
  answers_.clear();
  listeners_.clear();
}

void writer::gather(append& what, promise answer) {
  batch_events_ += what.what.events.size();
  batch_.push_back(std::move(what.what));
  answers_.push_back(std::move(answer));
  if (batch_events_ >= limits_.batch_events_max) {
    commit();
  } else if (!commit_queued_) {
    commit_queued_ = true;
    send(this, tick{});
  }
}

void writer::commit() {
  if (batch_.empty())
    return;
  const auto recorded_at = clock_->now();
  const auto where = log_->append(batch_, recorded_at);
  if (where)
    publish(*where, recorded_at);
  else
    spdlog::error("commit of {} events failed: {}", batch_events_, where.error().message);
  for (std::size_t i = 0; i < answers_.size(); ++i)
    answers_[i].deliver(appended{where ? (*where)[i] : tl::unexpected(where.error())});
  batch_.clear();
  answers_.clear();
  batch_events_ = 0;
}

void writer::publish(const std::vector<result<appended_range>>& where, instant recorded_at) {
  auto events = std::make_shared<std::vector<recorded_event>>();
  events->reserve(batch_events_);
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (!where[i])
      continue;
    auto previous = where[i]->previous;
    auto at = where[i]->first;
    for (auto& body : batch_[i].events) {
      place(body, where[i]->first);
      events->push_back({.at = at,
                         .previous = previous,
                         .user = batch_[i].user,
                         .recorded_at = recorded_at,
                         .body = std::move(body)});
      previous = at;
      at = next(at);
    }
  }
  if (events->empty())
    return;
  const committed news{std::move(events)};
  for (const auto& listener : listeners_)
    send(listener, news);
}

} // namespace btpay
