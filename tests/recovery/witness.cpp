#include "tests/recovery/witness.hpp"

#include <cstdlib>
#include <limits>

namespace btpay::testing {

void witness::expect(const acknowledgement& done) {
  for (auto at = raw(done.where.first); at <= raw(done.where.last); ++at)
    acknowledged_[at] = key_of(done.round, done.serial, at - raw(done.where.first));
}

void witness::check_new_events(const event_log& log) {
  const auto last = log.read(checked_, std::numeric_limits<std::size_t>::max(), [this](const recorded_event& e) {
    const auto& key = std::get<notification_posted>(e.body).key;
    REQUIRE(e.at == next(checked_));
    REQUIRE(e.previous == heads_[e.user]);
    REQUIRE(seen_.insert(key).second);
    if (const auto known = acknowledged_.find(raw(e.at)); known != acknowledged_.end())
      REQUIRE(known->second == key);
    heads_[e.user] = e.at;
    checked_ = e.at;
    return true;
  });
  REQUIRE(last);
  REQUIRE(log.head() == checked_);
  if (!acknowledged_.empty())
    REQUIRE(acknowledged_.rbegin()->first <= raw(checked_));
  for (const auto& [user, head] : heads_)
    REQUIRE(*log.head_of(user) == head);
}

std::uint64_t rounds(std::uint64_t usual) {
  const char* text = std::getenv("ROUNDS");
  return text ? std::strtoull(text, nullptr, 10) : usual;
}

} // namespace btpay::testing
