#include "tools/common/events_by_user.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t block_bytes_min = 4 * 1024;
constexpr std::size_t block_bytes_max = 64 * 1024;

} // namespace

void events_by_user::add(const recorded_event& e) {
  const auto record =
      encoder_.encode({.at = e.at, .previous = e.previous, .user = e.user, .recorded_at = e.recorded_at}, e.body);
  const auto bytes = static_cast<std::uint32_t>(record.size());
  const auto needed = sizeof bytes + record.size();
  auto& of_user = users_[raw(e.user)];
  if (of_user.empty() || of_user.back().capacity() - of_user.back().size() < needed) {
    const auto usual = std::min(block_bytes_max, block_bytes_min << std::min<std::size_t>(of_user.size(), 4));
    of_user.emplace_back().reserve(std::max(usual, needed));
  }
  of_user.back().append(reinterpret_cast<const char*>(&bytes), sizeof bytes).append(record);
  ++size_;
}

std::vector<user_id> events_by_user::users() const {
  std::vector<user_id> all;
  all.reserve(users_.size());
  for (const auto& [user, records] : users_)
    all.push_back(user_id{user});
  std::ranges::sort(all);
  return all;
}

result<void> events_by_user::take(user_id user, const std::function<void(const recorded_event&)>& visit) {
  const auto found = users_.extract(raw(user));
  if (found.empty())
    return {};
  for (std::string_view rest : found.mapped())
    while (!rest.empty()) {
      std::uint32_t bytes = 0;
      std::memcpy(&bytes, rest.data(), sizeof bytes);
      if (auto read = decoder_.decode(rest.substr(sizeof bytes, bytes), event_); !read)
        return read;
      visit(event_);
      rest.remove_prefix(sizeof bytes + bytes);
    }
  return {};
}

bool quota_watch::add(std::uint64_t events) {
  done_ += events;
  return tell(events_ == 0 ? 0
                           : static_cast<std::uint64_t>(static_cast<double>(quota_) * static_cast<double>(done_) /
                                                        static_cast<double>(events_)));
}

bool quota_watch::finish() { return tell(quota_); }

bool quota_watch::tell(std::uint64_t share) {
  share = std::clamp(share, told_, quota_);
  const auto more = share - std::exchange(told_, share);
  return more == 0 || watch_(more);
}

} // namespace btpay
