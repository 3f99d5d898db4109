#include "actors/user.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <iterator>

namespace btpay {

namespace {

std::size_t rows_of(const command& what) {
  const auto* import = std::get_if<import_transactions>(&what);
  return import ? std::max<std::size_t>(import->rows.size() + import->withdrawn.size(), 1) : 1;
}

/// The part of a joined import's outcome that belongs to the command whose rows and withdrawals begin at `first`.
outcome slice(const outcome& whole, std::size_t first, std::size_t count) {
  outcome part;
  part.fates.assign(whole.fates.begin() + static_cast<std::ptrdiff_t>(first),
                    whole.fates.begin() + static_cast<std::ptrdiff_t>(first + count));
  for (const auto& row : whole.rejected)
    if (row.index >= first && row.index < first + count)
      part.rejected.push_back({row.index - first, row.why});
  return part;
}

} // namespace

user::user(caf::actor_config& config, user_id id, user_opened profile, std::shared_ptr<const event_log> log,
           writer_actor writer, decision_policy policy, user_limits limits)
    : super(config),
      id_(id),
      profile_(std::move(profile)),
      log_(std::move(log)),
      writer_(std::move(writer)),
      policy_(std::move(policy)),
      limits_(limits) {}

user::behavior_type user::make_behavior() {
  return {
      [this](user_command& asked) {
        auto answer = make_response_promise<commanded>();
        accept(asked.what, answer);
        return answer;
      },
      [](const tick&) {},
      [this](const policies_changed& now) { policy_ = now.decisions; },
      [this](const drain&) {
        auto done = make_response_promise<drained>();
        if (appending_ || !waiting_.empty())
          drains_.push_back(done);
        else
          done.deliver(drained{});
        return done;
      },
  };
}

void user::on_exit() {
  // Promises and the writer's handle refer to actors that refer to this one.
  waiting_.clear();
  drains_.clear();
  writer_ = nullptr;
}

void user::accept(command& what, promise answer) {
  const auto rows = rows_of(what);
  if (waiting_rows_ != 0 && waiting_rows_ + rows > limits_.waiting_rows_max) {
    answer.deliver(commanded{refuse(errc::overloaded, "too many commands wait for this user: try again in a second"),
                             state_.version()});
    return;
  }
  waiting_rows_ += rows;
  waiting_.push_back({std::move(what), std::move(answer), rows});
  work();
}

/// Decides as long as there is something to decide and nothing to wait for.
void user::work() {
  while (!appending_ && !waiting_.empty())
    decide_round(std::make_shared<round>(take_next()));
  if (!appending_) {
    for (auto& done : drains_)
      done.deliver(drained{});
    drains_.clear();
  }
}

result<void> user::load() {
  if (loaded_)
    return {};
  state_ = {};
  auto read = log_->read_user(id_, log_start, [this](const recorded_event& e) {
    state_.apply(e);
    return true;
  });
  loaded_ = read.has_value();
  return read;
}

/// Takes the next command, and with an import all imports right behind it.
user::round user::take_next() {
  round next;
  auto take = [&] {
    auto taken = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_rows_ -= taken.rows;
    const auto* import = std::get_if<import_transactions>(&taken.what);
    next.rows.push_back(import ? import->rows.size() + import->withdrawn.size() : 0);
    next.answers.push_back(std::move(taken.answer));
    return std::move(taken.what);
  };
  next.what = take();
  if (auto* joined = std::get_if<import_transactions>(&next.what)) {
    // Withdrawals are decided after all rows, so nothing may be joined behind one.
    while (joined->withdrawn.empty() && !waiting_.empty() &&
           std::holds_alternative<import_transactions>(waiting_.front().what) &&
           joined->rows.size() + waiting_.front().rows <= limits_.round_rows_max) {
      auto more = std::get<import_transactions>(take());
      joined->rows.insert(joined->rows.end(), std::make_move_iterator(more.rows.begin()),
                          std::make_move_iterator(more.rows.end()));
      joined->withdrawn = std::move(more.withdrawn);
    }
  }
  return next;
}

void user::decide_round(std::shared_ptr<round> current) {
  if (auto ok = load(); !ok)
    return refuse_all(*current, ok.error());
  current->decided = decide(state_, current->what, policy_, profile_);
  if (current->decided.refused)
    return refuse_all(*current, *current->decided.refused);
  if (current->decided.events.empty())
    return answer(*current, state_.version());
  appending_ = true;
  append order{{.user = id_, .expected = state_.version(), .events = current->decided.events}};
  request(writer_, caf::infinite, std::move(order))
      .then(
          [this, current](const appended& reply) {
            appending_ = false;
            on_appended(current, reply.where);
            work();
          },
          [this, current](const caf::error&) {
            appending_ = false;
            loaded_ = false; // What became of the append is unknown: the log tells.
            refuse_all(*current, {errc::shutting_down, "the service is stopping: send it again later"});
            work();
          });
}

void user::on_appended(const std::shared_ptr<round>& done, const result<appended_range>& where) {
  if (where) {
    auto previous = where->previous;
    auto at = where->first;
    for (auto& body : done->decided.events) {
      place(body, where->first);
      state_.apply({.at = at, .previous = previous, .user = id_, .recorded_at = {}, .body = std::move(body)});
      previous = at;
      at = next(at);
    }
    return answer(*done, where->last);
  }
  if (where.error().code != errc::stale)
    return refuse_all(*done, where.error());
  // Somebody else wrote to this stream (a lost answer, an import beside the service): fold it again and decide anew.
  loaded_ = false;
  if (++done->attempts < limits_.attempts_max)
    decide_round(done);
  else
    refuse_all(*done, where.error());
}

void user::answer(round& done, position at) {
  const auto& whole = done.decided.answer;
  if (done.answers.size() == 1) {
    done.answers.front().deliver(commanded{whole, at});
    return;
  }
  std::size_t first = 0;
  for (std::size_t i = 0; i < done.answers.size(); ++i) {
    done.answers[i].deliver(commanded{slice(whole, first, done.rows[i]), at});
    first += done.rows[i];
  }
}

void user::refuse_all(round& done, const refusal& why) {
  for (auto& waiting : done.answers)
    waiting.deliver(commanded{tl::unexpected(why), state_.version()});
}

} // namespace btpay
