#include "tools/common/stopped_store.hpp"

#include "storage/lmdb_event_log.hpp"

#include <array>

namespace btpay {

namespace {
constexpr std::string_view default_zone = "Europe/Bucharest";
}

result<stopped_store> stopped_store::open(const data_directory& where, decision_policy policy) {
  auto log = open_lmdb_event_log(where.log());
  if (!log)
    return tl::unexpected(log.error());
  auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return tl::unexpected(accounts.error());
  return stopped_store(std::move(*log), std::move(*accounts), std::move(policy));
}

result<account> stopped_store::user_named(std::string_view name) {
  auto found = accounts_->find_user(name);
  if (!found && found.error().code == errc::unknown_user)
    return accounts_->add_user(name, {}, default_zone, currency{});
  return found;
}

result<user_state*> stopped_store::state_of(user_id user) {
  const auto [found, added] = states_.try_emplace(raw(user));
  if (added) {
    auto read = log_->read_user(user, log_start, [&state = found->second](const recorded_event& e) {
      state.apply(e);
      return true;
    });
    if (!read) {
      states_.erase(found);
      return tl::unexpected(read.error());
    }
  }
  return &found->second;
}

result<outcome> stopped_store::run(const account& who, const command& what, instant recorded_at) {
  const auto state = state_of(who.id);
  if (!state)
    return tl::unexpected(state.error());
  auto decided = decide(**state, what, policy_, {who.name, who.zone, who.home});
  if (decided.refused)
    return tl::unexpected(*std::move(decided.refused));
  if (decided.events.empty())
    return std::move(decided.answer);
  const std::array batch{new_events{who.id, (*state)->version(), std::move(decided.events)}};
  const auto written = log_->append(batch, recorded_at);
  if (!written)
    return tl::unexpected(written.error());
  const auto& range = written->front();
  if (!range)
    return tl::unexpected(range.error());
  auto previous = range->previous;
  auto at = range->first;
  for (auto body : batch.front().events) {
    place(body, range->first);
    (*state)->apply(
        {.at = at, .previous = previous, .user = who.id, .recorded_at = recorded_at, .body = std::move(body)});
    previous = at;
    at = next(at);
  }
  return std::move(decided.answer);
}

} // namespace btpay
