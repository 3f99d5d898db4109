#include "tools/common/view_rebuild.hpp"

#include "projections/user_rows.hpp"
#include "tools/common/fold_memory.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace btpay {

namespace {

/// One share of the users.
class part_build {
public:
  part_build(const policies& rules, const view_generation& into) : policy_{rules.views}, into_{into} {}

  /// An event of that user is added next.
  void expect(user_id user) { rows_of(user).expect(); }

  void add(const recorded_event& e) { rows_of(e.user).apply(e); }

  /// The views of all events that were added, some at a time: memory that was touched before costs a fraction of new
  /// memory. All of one user follow each other, since they are made of the same rows.
  result<void> render(const work_watch& watch,
                      const std::function<result<void>(const std::vector<stored_view>&)>& write) {
    const auto users = sorted_users();
    std::vector<stored_view> some;
    std::size_t bytes = 0;
    const auto hand_on = [&]() -> result<void> {
      auto written = write(some);
      some.clear();
      bytes = 0;
      return written;
    };
    for (const auto& [user, rows] : users) {
      if (!watch(0))
        return tl::unexpected(stopped());
      for (std::uint8_t kind = 0; kind < view_kinds; ++kind)
        if (into_.builds(kind)) {
          some.push_back(view_of(user_id{user}, *rows, kind));
          bytes += some.back().data.size();
        }
      if (bytes >= bytes_at_once)
        if (auto written = hand_on(); !written)
          return written;
    }
    return hand_on();
  }

private:
  user_rows& rows_of(user_id user) {
    if (!found_ || found_user_ != user) {
      auto& rows = users_[raw(user)];
      if (!rows)
        rows = &rows_.emplace_back(texts_, memory_.resource());
      found_user_ = user;
      found_ = rows;
    }
    return *found_;
  }

  static constexpr std::size_t bytes_at_once = std::size_t{1} << 20U;

  std::vector<std::pair<std::uint64_t, const user_rows*>> sorted_users() const {
    std::vector<std::pair<std::uint64_t, const user_rows*>> users;
    users.assign(users_.begin(), users_.end());
    std::ranges::sort(users);
    return users;
  }

  stored_view view_of(user_id user, const user_rows& rows, std::uint8_t kind) const {
    auto made =
        rendered(*make_view(static_cast<view_kind>(kind), policy_, rows), static_cast<view_kind>(kind), into_.time);
    made.user = user;
    made.at = rows.at();
    made.code = into_.code[kind];
    return made;
  }

  view_policy policy_;
  const view_generation& into_;
  std::shared_ptr<row_texts> texts_ =
      std::make_shared<row_texts>(policy_.rules, all_texts, row_texts::memory::of_descriptions);
  fold_memory memory_;
  std::deque<user_rows> rows_;
  user_id found_user_{}; ///< whose rows were looked for last
  user_rows* found_ = nullptr;
  boost::unordered_flat_map<std::uint64_t, user_rows*> users_; ///< by number
};

bool is_same_work(const view_generation& begun, const view_generation& wanted, bool any_time) {
  return begun.epoch == wanted.epoch && begun.kinds == wanted.kinds && begun.user == wanted.user &&
         begun.code == wanted.code && (any_time || begun.time == wanted.time);
}

result<void> read_part(const event_log& log, const view_generation& one, std::uint32_t part, const work_watch& watch,
                       part_build& build) {
  if (!one.user)
    return stream_share(
        log, {.index = part, .count = one.parts}, one.at, watch, [&build](const recorded_event& e) { build.add(e); },
        [&build](user_id user) { build.expect(user); });
  const auto read = log.read_user(*one.user, log_start, [&](const recorded_event& e) {
    if (e.at > one.at)
      return false;
    build.add(e);
    return true;
  });
  watch(raw(one.at));
  return read;
}

} // namespace

std::vector<std::uint32_t> rebuild_plan::parts() const {
  std::vector<std::uint32_t> all;
  for (std::uint32_t part = 0; part < generation.parts; ++part)
    if (!std::binary_search(generation.done.begin(), generation.done.end(), part))
      all.push_back(part);
  return all;
}

result<rebuild_plan> plan_rebuild(const event_log& log, const view_store& store, const policies& rules,
                                  const rebuild_order& order, instant now) {
  const auto live = store.live();
  auto unfinished = store.unfinished();
  if (!live || !unfinished)
    return tl::unexpected(live ? unfinished.error() : live.error());
  rebuild_plan plan{.generation = {.epoch = std::string(log.epoch()),
                                   .at = log.head(),
                                   .time = order.time.value_or(now),
                                   .kinds = order.kinds,
                                   .user = order.user,
                                   .code = code_ids(rules),
                                   .parts = order.user ? 1 : parts_of(order.limits, log.head())}};
  if (!plan.generation.is_whole() && !*live)
    return refuse(errc::invalid_value, "there are no stored views yet: rebuild all of them first");
  if (!plan.generation.is_whole() && (*live)->epoch != log.epoch())
    return refuse(errc::invalid_value, "the stored views are of another log: rebuild all of them");
  for (std::size_t kind = 0; kind < view_kinds; ++kind)
    if (!order.user && plan.generation.builds(static_cast<std::uint8_t>(kind)))
      plan.generation.everybody_at[kind] = plan.generation.at;
    else
      plan.generation.everybody_at[kind] = (*live)->everybody_at[kind];
  if (*unfinished && is_same_work(**unfinished, plan.generation, !order.time) && (*unfinished)->at <= log.head()) {
    plan.generation = std::move(**unfinished);
    plan.resumed = true;
  }
  return plan;
}

result<view_generation> rebuild_views(const event_log& log, view_store& store, const policies& rules,
                                      const rebuild_plan& plan, const work_limits& limits, const work_watch& watch) {
  auto begun = plan.resumed ? plan.generation : store.begin(plan.generation);
  if (!begun)
    return begun;
  const auto built = for_each_part(plan.parts(), threads_of(limits), [&](std::uint32_t part) -> result<void> {
    part_build build{rules, *begun};
    if (auto read = read_part(log, *begun, part, watch, build); !read)
      return read;
    auto done =
        build.render(watch, [&](const std::vector<stored_view>& views) { return store.write(begun->number, views); });
    if (done)
      done = store.finish_part(begun->number, part);
    return done;
  });
  if (!built)
    return tl::unexpected(built.error());
  return store.go_live(begun->number).map([&] { return std::move(*begun); });
}

} // namespace btpay
