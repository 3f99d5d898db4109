#include "actors/login_gate.hpp"

#include "actors/http_answers.hpp"
#include "storage/credentials.hpp"

#include <algorithm>
#include <string>

namespace btpay {

namespace {

std::uint64_t gate_key(std::string_view kind, std::string_view text) {
  return id_of_secret(std::string(kind).append(text));
}

bool is_counted(std::string_view address) { return !address.empty() && !is_loopback(address); }

std::chrono::seconds seconds_until(instant then, instant now) {
  return std::chrono::ceil<std::chrono::seconds>(then - now);
}

} // namespace

login_gate::verdict login_gate::enter(std::string_view name, std::string_view address, instant now) {
  attempt who;
  who.name = gate_key("name ", name);
  who.address = is_counted(address) ? gate_key("address ", address) : 0;

  const std::lock_guard lock(mutex_);
  if (waiting_ >= limits_.waiting_max)
    return {std::nullopt, limits_.wait_first, true};
  // Both before either counts: a refused attempt makes nothing worse.
  auto blocked_until = entry_of(who.name, now).blocked_until;
  if (who.address != 0)
    blocked_until = std::max(blocked_until, entry_of(who.address, now).blocked_until);
  if (blocked_until > now)
    return {std::nullopt, seconds_until(blocked_until, now), false};
  count(entry_of(who.name, now), limits_.name_attempts_free, now);
  if (who.address != 0)
    count(entry_of(who.address, now), limits_.address_attempts_free, now);
  ++waiting_;
  return {who, {}, false};
}

void login_gate::leave(const attempt& who, bool was_right) {
  const std::lock_guard lock(mutex_);
  --waiting_;
  if (!was_right)
    return;
  entries_.erase(who.name);
  const auto address = entries_.find(who.address);
  if (address == entries_.end())
    return;
  address->second.wrong -= std::min(1U, address->second.wrong);
  address->second.blocked_until = {};
}

login_gate::entry& login_gate::entry_of(std::uint64_t who, instant now) {
  if (entries_.size() >= limits_.entries_max && entries_.count(who) == 0)
    make_room(now);
  auto& one = entries_[who];
  if (now - one.last > limits_.forget_time)
    one = {};
  one.last = now;
  return one;
}

void login_gate::count(entry& one, unsigned free, instant now) const {
  ++one.wrong;
  if (one.wrong < free)
    return;
  const auto doublings = std::min(one.wrong - free, 20U);
  one.blocked_until = now + std::min(limits_.wait_first * (1U << doublings), limits_.wait_max);
}

/// Forgets what is old, and where that is not enough, those who are least blocked.
void login_gate::make_room(instant now) {
  std::erase_if(entries_, [&](const auto& one) { return now - one.second.last > limits_.forget_time; });
  while (entries_.size() + 2 > limits_.entries_max) {
    const auto least = std::min_element(entries_.begin(), entries_.end(),
                                        [](const auto& a, const auto& b) { return a.second.wrong < b.second.wrong; });
    entries_.erase(least);
  }
}

} // namespace btpay
