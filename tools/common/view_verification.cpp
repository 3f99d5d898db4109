#include "tools/common/view_verification.hpp"

#include "domain/remembering_classifier.hpp"
#include "tools/common/events_by_user.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

namespace btpay {

namespace {

using json = nlohmann::json;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

using stored_views = std::array<std::optional<stored_view>, view_kinds>;

/// A view on the way to the place of the stored one.
struct refold {
  std::unique_ptr<any_view> view;
  position at{};
};

/// One share of the users.
class part_check {
public:
  using reporter = std::function<void(const view_difference&)>;

  part_check(const view_generation& live, const policies& rules, std::uint32_t parts)
      : live_{live}, policy_{rules.views}, code_{code_ids(rules)}, parts_(parts) {
    policy_.rules = remembering(policy_.rules);
  }

  result<void> load(const view_store& store, user_share whose) {
    return store.read(live_.number, [&](const stored_view& view) {
      if (!whose.holds(view.user) || view.kind >= view_kinds)
        return true;
      stored_[raw(view.user)][view.kind] = view;
      last_ = std::max(last_, view.at);
      return true;
    });
  }

  /// Up to where the log is needed: the service puts views that are newer than the generation.
  position last() const noexcept { return last_; }

  void add(const recorded_event& e) { events_.add(e); }

  result<view_verification> compare(const work_watch& watch, const reporter& report) {
    quota_watch told(watch, raw(live_.at) / parts_, events_.size());
    for (const auto user : events_.users())
      stored_.try_emplace(raw(user));
    view_verification sum;
    for (const auto& [user, stored] : stored_) {
      const auto events = compare_user(user_id{user}, stored, sum, report);
      if (!events)
        return tl::unexpected(events.error());
      if (!told.add(*events))
        return tl::unexpected(stopped());
    }
    return told.finish() ? result<view_verification>(sum) : tl::unexpected(stopped());
  }

private:
  result<std::uint64_t> compare_user(user_id user, const stored_views& stored, view_verification& sum,
                                     const reporter& report) {
    std::array<refold, view_kinds> folds;
    for (std::size_t kind = 0; kind < view_kinds; ++kind)
      if (stored[kind])
        folds[kind].view = make_view(static_cast<view_kind>(kind), policy_);
    auto first = position{std::numeric_limits<std::uint64_t>::max()};
    std::uint64_t events = 0;
    const auto read = events_.take(user, [&](const recorded_event& e) {
      first = std::min(first, e.at);
      ++events;
      for (std::size_t kind = 0; kind < view_kinds; ++kind)
        if (stored[kind] && e.at <= stored[kind]->at) {
          folds[kind].view->apply(e);
          folds[kind].at = e.at;
        }
    });
    if (!read)
      return tl::unexpected(read.error());
    for (std::size_t kind = 0; kind < view_kinds; ++kind) {
      const auto tell = [&](std::string field, std::string was, std::string rebuilt) {
        ++sum.differences;
        report({static_cast<view_kind>(kind), user, std::move(field), std::move(was), std::move(rebuilt)});
      };
      if (stored[kind])
        compare_one(*stored[kind], folds[kind], sum, tell);
      else if (first <= live_.everybody_at[kind])
        tell("the view", "missing", "there");
    }
    return events;
  }

  template <class Tell>
  void compare_one(const stored_view& stored, refold& fold, view_verification& sum, const Tell& tell) const {
    if (stored.code != code_[stored.kind]) {
      ++sum.of_other_code;
      return;
    }
    ++sum.views;
    if (fold.at != stored.at)
      tell("the user's last event", std::to_string(raw(stored.at)), std::to_string(raw(fold.at)));
    const auto rebuilt = rendered(*fold.view, static_cast<view_kind>(stored.kind), stored.time);
    for (auto& field : differing_fields(stored.data, rebuilt.data))
      tell(std::move(field.field), std::move(field.stored), std::move(field.rebuilt));
    if (rebuilt.good_until != stored.good_until)
      tell("the instant it is good until", to_rfc3339(stored.good_until), to_rfc3339(rebuilt.good_until));
  }

  const view_generation& live_;
  view_policy policy_;
  std::array<std::uint64_t, view_kinds> code_;
  position last_ = live_.at;
  std::uint32_t parts_;
  std::map<std::uint64_t, stored_views> stored_; ///< by user
  events_by_user events_;
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
    part_check check{live, rules, share.count};
    auto done = check.load(store, share);
    if (done)
      done = stream_share(log, share, std::min(check.last(), log.head()), watch,
                          [&check](const recorded_event& e) { check.add(e); });
    if (!done)
      return done;
    const auto part_sum = check.compare(watch, [&](const view_difference& found) {
      const std::lock_guard guard{mutex};
      on_difference(found);
    });
    if (!part_sum)
      return tl::unexpected(part_sum.error());
    const std::lock_guard guard{mutex};
    sum.views += part_sum->views;
    sum.of_other_code += part_sum->of_other_code;
    sum.differences += part_sum->differences;
    return {};
  });
  if (!checked)
    return tl::unexpected(checked.error());
  return sum;
}

} // namespace btpay
