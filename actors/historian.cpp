#include "actors/historian.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace btpay {

historian::historian(caf::actor_config& config, std::shared_ptr<const historian_services> services)
    : super(config), services_(std::move(services)), policy_(services_->policy) {}

historian::behavior_type historian::make_behavior() {
  return {
      [this](past_query& asked) {
        auto answer = make_response_promise<past_answer>();
        take(asked, answer);
        return answer;
      },
      [this](const tick&) { forget_idle(); },
      [this](const policies_changed& now) {
        policy_ = now.views;
        kept_.clear();
        for (auto& each : questions_)
          each.fold.reset();
      },
      [this](const go_on&) { work(); },
  };
}

void historian::on_exit() {
  // A promise refers to its actor: kept, the two would keep each other.
  questions_.clear();
  kept_.clear();
}

/// What is to come is not answered, since it would be answered otherwise a moment later.
result<moment> historian::moment_of(const past_query& asked) const {
  const auto now = services_->time->now();
  const auto refuse_future = [&](const char* member) {
    return refuse(errc::invalid_value, std::string(member) + " is not past yet: it is now " + to_rfc3339(now));
  };
  if (asked.at && *asked.at > now)
    return refuse_future(R"("at")");
  if (asked.known_at && *asked.known_at > now)
    return refuse_future(R"("known_at")");
  if (asked.last)
    if (const auto head = services_->log->head(); *asked.last > head)
      return refuse(errc::invalid_value, R"("seq" is not in the log, which ends at )" + std::to_string(raw(head)));
  return moment{asked.at.value_or(now), asked.known_at.value_or(end_of_time), asked.last.value_or(log_end)};
}

result<void> historian::has_room(user_id user) const {
  const auto& limits = services_->limits;
  const auto of_user = std::ranges::count_if(questions_, [=](const question& each) { return each.asked.user == user; });
  if (questions_.size() >= limits.questions_max || static_cast<std::size_t>(of_user) >= limits.questions_per_user_max)
    return refuse(errc::overloaded, "too many questions about the past wait: ask again when one is answered");
  return {};
}

void historian::take(past_query& asked, promise answer) {
  const auto when = moment_of(asked);
  if (!when) {
    answer.deliver(past_answer{tl::unexpected(when.error())});
  } else if (const auto room = has_room(asked.user); !room) {
    answer.deliver(past_answer{tl::unexpected(room.error())});
  } else {
    questions_.push_back({std::move(asked), *when, std::move(answer), nullptr});
    if (questions_.size() == 1)
      send(this, go_on{});
  }
}

/// Gives the first question its turn.
void historian::work() {
  if (questions_.empty())
    return;
  auto turn = std::move(questions_.front());
  questions_.pop_front();
  if (!read_on(turn))
    questions_.push_back(std::move(turn));
  if (!questions_.empty())
    send(this, go_on{});
}

/// True where the question is answered now.
bool historian::read_on(question& turn) {
  // Since its last turn another question may have read on in the fold that they share.
  if (!turn.fold || !turn.fold->is_within(turn.asked, turn.when.last))
    turn.fold = fold_for(turn);
  auto left = services_->limits.slice_events;
  const auto after = turn.fold->begin(turn.asked);
  const auto read = services_->log->read_user(turn.asked.user, after, [&](const recorded_event& e) {
    return turn.fold->take(e, turn.asked, turn.when) && --left != 0;
  });
  if (!read) {
    spdlog::error("historian: cannot read user {}: {}", raw(turn.asked.user), read.error().message);
    kept_.erase(raw(turn.asked.user));
    answer(turn, tl::unexpected(read.error()));
    return true;
  }
  if (left == 0)
    return false;
  answer(turn, turn.fold->tell(turn.asked, turn.when.cut));
  return true;
}

/// Only what leaves nothing out can be gone on with, and only by who may know what it has read: a page that explains
/// the newest view that it has, names its position.
std::shared_ptr<past_fold> historian::fold_for(const question& turn) {
  if (turn.when.known_at != end_of_time)
    return std::make_shared<past_fold>(policy_);
  auto& kept = kept_[raw(turn.asked.user)];
  if (!kept.fold)
    kept.fold = std::make_shared<past_fold>(policy_);
  kept.last_used = services_->time->now();
  if (!kept.fold->is_within(turn.asked, turn.when.last))
    return std::make_shared<past_fold>(policy_);
  return kept.fold;
}

void historian::answer(question& turn, result<told_past> told) {
  if (const auto found = kept_.find(raw(turn.asked.user)); found != kept_.end())
    found->second.last_used = services_->time->now();
  turn.answer.deliver(past_answer{std::move(told)});
  keep_few(turn.asked.user);
}

/// Forgets whom nobody has asked about for longest until few enough events are kept, but never the user of now.
void historian::keep_few(user_id but) {
  std::size_t events = 0;
  for (const auto& [user, kept] : kept_)
    events += kept.fold->folded();
  while (events > services_->limits.kept_events_max && kept_.size() > 1) {
    auto oldest = kept_.end();
    for (auto each = kept_.begin(); each != kept_.end(); ++each)
      if (each->first != raw(but) && (oldest == kept_.end() || each->second.last_used < oldest->second.last_used))
        oldest = each;
    if (oldest == kept_.end())
      return;
    events -= oldest->second.fold->folded();
    kept_.erase(oldest);
  }
}

void historian::forget_idle() {
  const auto now = services_->time->now();
  std::erase_if(kept_, [&](const auto& one) { return now - one.second.last_used > services_->limits.idle_max; });
}

} // namespace btpay
