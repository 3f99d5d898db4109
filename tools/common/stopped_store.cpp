#include "tools/common/stopped_store.hpp"

#include "storage/backup.hpp"
#include "storage/lmdb_event_log.hpp"
#include "storage/memory_event_log.hpp"

#include <utility>

namespace btpay {

namespace {
constexpr std::string_view default_zone = "Europe/Bucharest";

/// Accounts that are only rehearsed have ids that no real one has.
constexpr std::uint64_t first_rehearsed_id = std::uint64_t{1} << 62U;
} // namespace

result<stopped_store> stopped_store::open(const data_directory& where, decision_policy policy) {
  auto log = open_lmdb_event_log(where.log());
  if (!log)
    return tl::unexpected(log.error());
  auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return tl::unexpected(accounts.error());
  return stopped_store(std::move(*log), std::move(*accounts), std::move(policy));
}

result<stopped_store> stopped_store::rehearse(const data_directory& where, decision_policy policy) {
  auto log = holds_environment(where.log()) ? open_lmdb_event_log(where.log(), {.read_only = true})
                                            : result<std::unique_ptr<event_log>>(make_memory_event_log());
  if (!log)
    return tl::unexpected(log.error());
  auto accounts = holds_environment(where.accounts()) ? account_store::open(where.accounts())
                                                      : result<std::unique_ptr<account_store>>(nullptr);
  if (!accounts)
    return tl::unexpected(accounts.error());
  const auto head = (*log)->head();
  stopped_store made(std::move(*log), std::move(*accounts), std::move(policy));
  made.rehearsal_ = rehearsal{head, {}};
  return made;
}

result<account> stopped_store::user_named(std::string_view name) {
  auto found = accounts_ ? accounts_->find_user(name) : refuse(errc::unknown_user, "there are no accounts");
  if (found || found.error().code != errc::unknown_user)
    return found;
  if (!rehearsal_)
    return accounts_->add_user(name, {}, default_zone, currency{});
  auto& added = rehearsal_->added;
  const user_id id{first_rehearsed_id + added.size()};
  return added
      .try_emplace(std::string(name),
                   account{.id = id, .name = std::string(name), .zone = std::string(default_zone), .home = {}})
      .first->second;
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

/// In a rehearsal only as far as the places go.
result<appended_range> stopped_store::append(const new_events& what, instant recorded_at) {
  if (rehearsal_) {
    const auto first = next(rehearsal_->head);
    rehearsal_->head = position{raw(rehearsal_->head) + what.events.size()};
    return appended_range{.first = first, .last = rehearsal_->head, .previous = what.expected};
  }
  auto written = log_->append({&what, 1}, recorded_at);
  return written ? std::move(written->front()) : tl::unexpected(std::move(written.error()));
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
  new_events wanted{who.id, (*state)->version(), std::move(decided.events)};
  const auto range = append(wanted, recorded_at);
  if (!range)
    return tl::unexpected(range.error());
  auto previous = range->previous;
  auto at = range->first;
  for (auto& body : wanted.events) {
    place(body, range->first);
    (*state)->apply(
        {.at = at, .previous = previous, .user = who.id, .recorded_at = recorded_at, .body = std::move(body)});
    previous = at;
    at = next(at);
  }
  return std::move(decided.answer);
}

} // namespace btpay
