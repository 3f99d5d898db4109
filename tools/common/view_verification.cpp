#include "tools/common/view_verification.hpp"

#include "projections/moment.hpp"
#include "projections/user_rows.hpp"
#include "tools/common/fold_memory.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace btpay {

namespace {

using json = nlohmann::json;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

using stored_views = std::array<std::optional<stored_view>, view_kinds>;

/// One user's events, on the way to the places of the stored views.
struct checked_user {
  checked_user(const std::shared_ptr<row_texts>& texts, std::pmr::memory_resource* memory) : rows(texts, memory) {}

  user_rows rows;
  position first = log_end; ///< of the events
  stored_views awaited{};   ///< whose place has not been reached
  std::array<bool, view_kinds> is_stored{};
};

/// One share of the users.
class part_check {
public:
  using reporter = std::function<void(const view_difference&)>;

  part_check(const view_generation& live, const policies& rules, reporter report)
      : live_{live}, policy_{rules.views}, code_{code_ids(rules)}, report_(std::move(report)) {}

  result<void> load(const view_store& store, user_share whose) {
    return store.read(live_.number, [&](const stored_view& view) {
      if (!whose.holds(view.user) || view.kind >= view_kinds)
        return true;
      auto& user = of(view.user);
      user.awaited[view.kind] = view;
      user.is_stored[view.kind] = true;
      last_ = std::max(last_, view.at);
      return true;
    });
  }

  /// Up to where the log is needed: the service puts views that are newer than the generation.
  position last() const noexcept { return last_; }

  void add(const recorded_event& e) {
    auto& user = of(e.user);
    compare(e.user, user, e.at);
    user.first = std::min(user.first, e.at);
    user.rows.apply(e);
  }

  /// What has not been compared on the way.
  result<view_verification> finish(const work_watch& watch) {
    for (auto& [number, user] : users_) {
      if (!watch(0))
        return tl::unexpected(stopped());
      compare(user_id{number}, user, log_end);
      for (std::size_t kind = 0; kind < view_kinds; ++kind)
        if (!user.is_stored[kind] && user.first <= live_.everybody_at[kind])
          tell(user_id{number}, kind, "the view", "missing", "there");
    }
    return sum_;
  }

private:
  checked_user& of(user_id user) { return users_.try_emplace(raw(user), texts_, memory_.resource()).first->second; }

  /// The views whose place is before `next`, which is about to be folded.
  void compare(user_id number, checked_user& user, position next) {
    for (auto& stored : user.awaited)
      if (stored && stored->at < next) {
        compare_one(number, *stored, user.rows);
        stored.reset();
      }
  }

  void compare_one(user_id user, const stored_view& stored, const user_rows& rows) {
    if (stored.code != code_[stored.kind]) {
      ++sum_.of_other_code;
      return;
    }
    ++sum_.views;
    if (rows.at() != stored.at)
      tell(user, stored.kind, "the user's last event", std::to_string(raw(stored.at)), std::to_string(raw(rows.at())));
    const auto kind = static_cast<view_kind>(stored.kind);
    const auto rebuilt = rendered(*make_view(kind, policy_, rows), kind, stored.time);
    for (auto& field : differing_fields(stored.data, rebuilt.data))
      tell(user, stored.kind, std::move(field.field), std::move(field.stored), std::move(field.rebuilt));
    if (rebuilt.good_until != stored.good_until)
      tell(user, stored.kind, "the instant it is good until", to_rfc3339(stored.good_until),
           to_rfc3339(rebuilt.good_until));
  }

  void tell(user_id user, std::size_t kind, std::string field, std::string was, std::string rebuilt) {
    ++sum_.differences;
    report_({static_cast<view_kind>(kind), user, std::move(field), std::move(was), std::move(rebuilt)});
  }

  const view_generation& live_;
  view_policy policy_;
  std::array<std::uint64_t, view_kinds> code_;
  reporter report_;
  view_verification sum_;
  position last_ = live_.at;
  std::shared_ptr<row_texts> texts_ =
      std::make_shared<row_texts>(policy_.rules, all_texts, row_texts::memory::of_descriptions);
  fold_memory memory_;
  std::unordered_map<std::uint64_t, checked_user> users_; ///< by number
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
    part_check check{live, rules, [&](const view_difference& found) {
                       const std::lock_guard guard{mutex};
                       on_difference(found);
                     }};
    auto done = check.load(store, share);
    if (done)
      done = stream_share(log, share, std::min(check.last(), log.head()), watch,
                          [&check](const recorded_event& e) { check.add(e); }, {});
    if (!done)
      return done;
    const auto part_sum = check.finish(watch);
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
