#pragma once
/// An event log in front of another one, for tests that count what is asked of it or have it fail.

#include "storage/event_log.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace btpay::testing {

/// Hands everything on; what is of interest is overridden.
class forwarding_log : public event_log {
public:
  explicit forwarding_log(std::shared_ptr<event_log> log) : log_(std::move(log)) {}

  result<std::vector<result<appended_range>>> append(std::span<const new_events> batch, instant recorded_at) override {
    return log_->append(batch, recorded_at);
  }
  position head() const override { return log_->head(); }
  result<position> head_of(user_id user) const override { return log_->head_of(user); }
  result<position> read_share(user_share whose, position after, std::size_t count_max, const event_visitor& visit,
                              const user_herald& coming) const override {
    return log_->read_share(whose, after, count_max, visit, coming);
  }
  result<void> read_user_until(user_id user, position after, position last, const event_visitor& visit) const override {
    return log_->read_user_until(user, after, last, visit);
  }
  result<position> user_event_before(user_id user, position from, std::size_t count) const override {
    return log_->user_event_before(user, from, count);
  }
  std::string_view epoch() const noexcept override { return log_->epoch(); }

private:
  std::shared_ptr<event_log> log_;
};

} // namespace btpay::testing
