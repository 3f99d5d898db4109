#include "tests/recovery/random_appender.hpp"

#include "storage/lmdb_event_log.hpp"
#include "tests/storage/random_events.hpp"

namespace btpay::testing {

namespace {

constexpr std::uint64_t users = 10;

} // namespace

std::string key_of(std::uint64_t round, std::uint64_t serial, std::uint64_t index) {
  return std::to_string(round) + '/' + std::to_string(serial) + '/' + std::to_string(index);
}

result<std::unique_ptr<event_log>> open_witnessed_log(const std::filesystem::path& dir) {
  return open_lmdb_event_log(dir, {.heads_checkpoint_events = 32});
}

result<std::vector<acknowledgement>> random_appender::append() {
  std::vector<new_events> batch(1 + below(random_, 8));
  const auto first = serial_;
  for (auto& one : batch) {
    one.user = user_id{1 + (serial_ % users)}; // each at most once in a batch
    one.expected = *log_.head_of(one.user);
    for (auto count = 1 + below(random_, 4); count > 0; --count)
      one.events.push_back(note(key_of(round_, serial_, one.events.size())));
    ++serial_;
  }
  const auto made = log_.append(batch, instant{});
  if (!made)
    return tl::unexpected(made.error());
  std::vector<acknowledgement> done;
  for (std::size_t i = 0; i < made->size(); ++i) {
    if (!(*made)[i])
      return tl::unexpected((*made)[i].error());
    done.push_back({round_, first + i, *(*made)[i]});
  }
  return done;
}

} // namespace btpay::testing
