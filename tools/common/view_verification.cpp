#include "tools/common/view_verification.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <mutex>
#include <unordered_map>

namespace btpay {

namespace {

using json = nlohmann::json;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// One stored view, and its fold on the way to the same place.
struct compared {
  stored_view stored;
  std::unique_ptr<any_view> fold;
  position at{};
};

struct user_check {
  position first = position{std::numeric_limits<std::uint64_t>::max()}; ///< of the user's events
  std::array<compared, view_kinds> kinds;
};

/// One share of the users.
class part_check {
public:
  using reporter = std::function<void(const view_difference&)>;

  part_check(const view_generation& live, const policies& rules) : live_{live}, rules_{rules}, code_{code_ids(rules)} {}

  result<void> load(const view_store& store, user_share whose) {
    return store.read(live_.number, [&](const stored_view& view) {
      if (!whose.holds(view.user) || view.kind >= view_kinds)
        return true;
      last_ = std::max(last_, view.at);
      users_[raw(view.user)].kinds[view.kind] = {.stored = view,
                                                 .fold = make_view(static_cast<view_kind>(view.kind), rules_.views)};
      return true;
    });
  }

  /// Up to where the log is needed: the service puts views that are newer than the generation.
  position last() const noexcept { return last_; }

  void apply(const recorded_event& e) {
    auto& user = users_[raw(e.user)];
    if (e.previous == log_start)
      user.first = e.at;
    for (auto& one : user.kinds)
      if (one.fold && e.at <= one.stored.at) {
        one.fold->apply(e);
        one.at = e.at;
      }
  }

  view_verification compare(const reporter& report) {
    view_verification sum;
    for (auto& [id, user] : users_)
      for (std::size_t kind = 0; kind < view_kinds; ++kind)
        compare_one(user_id{id}, static_cast<view_kind>(kind), user, sum, report);
    return sum;
  }

private:
  void compare_one(user_id user, view_kind kind, user_check& of, view_verification& sum, const reporter& report) {
    auto& one = of.kinds[static_cast<std::size_t>(kind)];
    const auto tell = [&](std::string field, std::string stored, std::string rebuilt) {
      ++sum.differences;
      report({kind, user, std::move(field), std::move(stored), std::move(rebuilt)});
    };
    if (!one.fold) {
      if (of.first <= live_.everybody_at[static_cast<std::size_t>(kind)])
        tell("the view", "missing", "there");
      return;
    }
    if (one.stored.code != code_[static_cast<std::size_t>(kind)]) {
      ++sum.of_other_code;
      return;
    }
    ++sum.views;
    if (one.at != one.stored.at)
      tell("the user's last event", std::to_string(raw(one.stored.at)), std::to_string(raw(one.at)));
    const auto rebuilt = rendered(*one.fold, kind, one.stored.time);
    for (auto& field : differing_fields(one.stored.data, rebuilt.data))
      tell(std::move(field.field), std::move(field.stored), std::move(field.rebuilt));
    if (rebuilt.good_until != one.stored.good_until)
      tell("the instant it is good until", to_rfc3339(one.stored.good_until), to_rfc3339(rebuilt.good_until));
  }

  const view_generation& live_;
  const policies& rules_;
  std::array<std::uint64_t, view_kinds> code_;
  position last_ = live_.at;
  std::unordered_map<std::uint64_t, user_check> users_;
};

} // namespace

std::vector<field_difference> differing_fields(const std::string& stored, const std::string& rebuilt) {
  if (stored == rebuilt)
    return {};
  std::vector<field_difference> all;
  const auto left = json::parse(stored, nullptr, false);
  const auto right = json::parse(rebuilt, nullptr, false);
  if (left.is_discarded())
    return {{"the whole view", "not JSON", "JSON"}};
  const auto before = left.flatten();
  const auto now = right.flatten();
  for (const auto& [field, value] : before.items())
    if (const auto other = now.find(field); other == now.end())
      all.push_back({field, text_of(value), "missing"});
    else if (*other != value)
      all.push_back({field, text_of(value), text_of(*other)});
  for (const auto& [field, value] : now.items())
    if (!before.contains(field))
      all.push_back({field, "missing", text_of(value)});
  if (all.empty()) { // such as 1.50 and 1.5
    const auto at = std::mismatch(stored.begin(), stored.end(), rebuilt.begin(), rebuilt.end()).first - stored.begin();
    const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, at - 20));
    all.push_back({"the spelling at byte " + std::to_string(at), stored.substr(from, 40),
                   rebuilt.substr(std::min(from, rebuilt.size()), 40)});
  }
  return all;
}

result<view_verification> verify_views(const event_log& log, const view_store& store, const view_generation& live,
                                       const policies& rules, const work_limits& limits, const work_watch& watch,
                                       const std::function<void(const view_difference&)>& on_difference) {
  if (live.epoch != log.epoch() || live.at > log.head())
    return refuse(errc::corrupt_record, "the stored views are of another log: `btpay-replay rebuild` makes them again");
  std::vector<std::uint32_t> parts(parts_of(limits, live.at));
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i] = static_cast<std::uint32_t>(i);
  std::mutex mutex;
  view_verification sum;
  const auto checked = for_each_part(parts, threads_of(limits), [&](std::uint32_t part) -> result<void> {
    const user_share share{.index = part, .count = static_cast<std::uint32_t>(parts.size())};
    part_check check{live, rules};
    auto done = check.load(store, share);
    if (done)
      done = stream_share(log, share, std::min(check.last(), log.head()), watch,
                          [&check](const recorded_event& e) { check.apply(e); });
    if (!done)
      return done;
    const auto part_sum = check.compare([&](const view_difference& found) {
      const std::lock_guard guard{mutex};
      on_difference(found);
    });
    const std::lock_guard guard{mutex};
    sum.views += part_sum.views;
    sum.of_other_code += part_sum.of_other_code;
    sum.differences += part_sum.differences;
    return {};
  });
  if (!checked)
    return tl::unexpected(checked.error());
  return sum;
}

} // namespace btpay
