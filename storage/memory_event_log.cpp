#include "storage/memory_event_log.hpp"

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace btpay {

namespace {

class memory_event_log final : public event_log {
public:
  result<std::vector<result<appended_range>>> append(std::span<const new_events> batch, instant recorded_at) override {
    const std::lock_guard guard{mutex_};
    std::vector<result<appended_range>> outcomes;
    for (const auto& wanted : batch)
      outcomes.push_back(append_one(wanted, recorded_at));
    return outcomes;
  }

  position head() const override {
    const std::lock_guard guard{mutex_};
    return position{events_.size()};
  }

  result<position> head_of(user_id user) const override {
    const std::lock_guard guard{mutex_};
    return head_in_lock(user);
  }

  result<position> read_share(user_share whose, position after, std::size_t count_max, const event_visitor& visit,
                              const user_herald& coming) const override {
    const position end = head();
    position visited = after;
    for (std::size_t count = 0; count < count_max && visited < end; ++count) {
      visited = next(visited);
      const auto& e = at(visited);
      if (!whose.holds(e.user))
        continue;
      if (coming)
        coming(e.user);
      if (!visit(e))
        break;
    }
    return visited;
  }

  result<void> read_user_until(user_id /*user*/, position after, position last,
                               const event_visitor& visit) const override {
    std::vector<const recorded_event*> wanted;
    for (position p = last; p > after; p = at(p).previous)
      wanted.push_back(&at(p));
    for (auto e = wanted.rbegin(); e != wanted.rend(); ++e)
      if (!visit(**e))
        break;
    return {};
  }

  result<position> user_event_before(user_id /*user*/, position from, std::size_t count) const override {
    for (; count > 0 && from > log_start; --count)
      from = at(from).previous;
    return from;
  }

  std::string_view epoch() const noexcept override { return "00000000000000000000000000000000"; }

private:
  position head_in_lock(user_id user) const {
    const auto known = heads_.find(user);
    return known == heads_.end() ? log_start : known->second;
  }

  result<appended_range> append_one(const new_events& wanted, instant recorded_at) {
    const position previous = head_in_lock(wanted.user);
    if (const auto fresh = check_expected(wanted, previous); !fresh)
      return tl::unexpected{fresh.error()};
    appended_range range{.first = previous, .last = previous, .previous = previous};
    for (const auto& body : wanted.events) {
      const position at{events_.size() + 1};
      if (range.last == previous)
        range.first = at;
      events_.push_back(
          {.at = at, .previous = range.last, .user = wanted.user, .recorded_at = recorded_at, .body = body});
      place(events_.back().body, range.first);
      range.last = at;
    }
    if (!wanted.events.empty())
      heads_[wanted.user] = range.last;
    return range;
  }

  /// Events never change and a deque never moves them, so one may be looked at after the lock is gone: a visitor may
  /// use the log.
  const recorded_event& at(position p) const {
    const std::lock_guard guard{mutex_};
    return events_[raw(p) - 1];
  }

  mutable std::mutex mutex_;
  std::deque<recorded_event> events_;
  std::unordered_map<user_id, position> heads_;
};

} // namespace

std::unique_ptr<event_log> make_memory_event_log() { return std::make_unique<memory_event_log>(); }

} // namespace btpay
