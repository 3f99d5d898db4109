#include "actors/projector.hpp"

#include "actors/messages.hpp"
#include "actors/pinned.hpp"
#include "actors/spawn.hpp"
#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace btpay {

namespace {

template <projection View>
class projector : public pinned<projector_actor::base> {
public:
  using super = pinned<projector_actor::base>;
  using behavior_type = projector_actor::behavior_type;

  projector(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<const projector_services> services)
      : super(config, unit), services_(std::move(services)), policy_(services_->policy) {}

  behavior_type make_behavior() override {
    return {
        [this](const committed& news) { fold(*news.events); },
        [this](const view_query& asked) {
          auto* found = up_to_date(asked.user);
          if (!found)
            return view_frame{View::kind, {}, nullptr};
          return view_frame{View::kind, found->at, asked.data_only ? found->data : message_of(*found)};
        },
        [this](const watch& asked) {
          auto* found = up_to_date(asked.user);
          if (!found) {
            this->send(asked.who, view_frame{View::kind, {}, nullptr});
            return;
          }
          this->send(asked.who, view_frame{View::kind, found->at, message_of(*found)});
          found->watchers.push_back(asked.who);
          schedule(raw(asked.user), *found);
        },
        [this](const unwatch& gone) { remove_watcher(gone); },
        [this](const policies_changed& other) { take_policy(other.views); },
        [this](const go_on&) {
          now_ = services_->time->now();
          going_on_ = false;
          move_due_windows();
          fold_again();
        },
        [this](const tick&) {
          now_ = services_->time->now();
          move_due_windows();
          look_after(slices_[next_slice_]);
          next_slice_ = (next_slice_ + 1) % projector_slices;
        },
    };
  }

  void on_exit() override {
    slices_ = {};
    due_.clear();
    outdated_.clear();
  }

private:
  /// One user's view, up to `at` in its stream and `advanced` in time.
  struct entry {
    explicit entry(const view_policy& policy) : view(policy) {}

    View view;
    position at{};
    std::vector<session_actor> watchers;
    shared_bytes data;         ///< as last rendered
    bool stale = true;         ///< `data` may differ from what the view renders now
    bool changed = false;      ///< since the last periodic message
    instant due = end_of_time; ///< its key in `due_`, where it is there
    instant last_used{};
  };

  using slice = std::unordered_map<std::uint64_t, entry>;

  slice& slice_of(std::uint64_t user) { return slices_[(user * 0x9E3779B97F4A7C15U >> 32U) % projector_slices]; }

  entry* find(std::uint64_t user) {
    auto& users = slice_of(user);
    auto found = users.find(user);
    return found == users.end() ? nullptr : &found->second;
  }

  void fold(const std::vector<recorded_event>& events) {
    now_ = services_->time->now();
    touched_.clear();
    for (const auto& e : events) {
      auto* found = find(raw(e.user));
      if (!found || e.at <= found->at)
        continue;
      if (e.previous == found->at)
        apply(*found, e);
      else if (!catch_up(e.user, *found))
        continue;
      if (touched_.empty() || touched_.back() != raw(e.user))
        touched_.push_back(raw(e.user));
    }
    for (const auto user : touched_)
      if (auto* found = find(user); found && !found->watchers.empty())
        push_if_changed(user, *found);
  }

  void apply(entry& into, const recorded_event& e) {
    into.stale |= into.view.apply(e);
    into.at = e.at;
  }

  bool catch_up(user_id user, entry& into) {
    auto read = services_->log->read_user(user, into.at, [&](const recorded_event& e) {
      apply(into, e);
      return true;
    });
    if (!read)
      spdlog::error("projector {}: cannot read user {}: {}", to_string(View::kind), raw(user), read.error().message);
    return read.has_value();
  }

  /// The user's view with its windows at now, rendered; null where its log cannot be read.
  entry* up_to_date(user_id user) {
    now_ = services_->time->now();
    auto [found, added] = slice_of(raw(user)).try_emplace(raw(user), policy_);
    auto& view = found->second;
    if (added && !catch_up(user, view)) {
      slice_of(raw(user)).erase(found);
      return nullptr;
    }
    view.last_used = now_;
    const auto due = view.due <= now_;
    if (refresh(view) && due)
      push(view); // The question came before the tick that would have told the watchers.
    schedule(raw(user), view);
    return &view;
  }

  /// Moves the windows to now and renders where that may give other bytes. True where it did.
  bool refresh(entry& of) {
    of.stale |= of.view.advance(now_);
    if (!of.stale && of.data)
      return false;
    of.stale = false;
    auto data = std::make_shared<std::string>();
    data->reserve(of.data ? of.data->size() + 256 : 1024);
    of.view.render(*data);
    if (of.data && *data == *of.data)
      return false;
    of.data = std::move(data);
    of.changed = true;
    return true;
  }

  shared_bytes message_of(const entry& of) { return view_message(View::kind, *of.data, now_); }

  void push_if_changed(std::uint64_t user, entry& of) {
    if (refresh(of))
      push(of);
    schedule(user, of);
  }

  void push(const entry& of) {
    if (of.watchers.empty())
      return;
    const view_frame frame{View::kind, of.at, message_of(of)};
    for (const auto& watcher : of.watchers)
      this->send(watcher, frame);
  }

  /// Keeps watched views in `due_` under the instant at which they change by themselves.
  void schedule(std::uint64_t user, entry& of) {
    const auto due = of.watchers.empty() ? end_of_time : of.view.next_change();
    if (due == of.due)
      return;
    if (of.due != end_of_time)
      due_.erase({of.due, user});
    if (due != end_of_time)
      due_.insert({due, user});
    of.due = due;
  }

  /// At most `due_views_max` at once: at midnight those of all users are due, and whoever asks meanwhile must not wait
  /// for them.
  void move_due_windows() {
    for (std::size_t moved = 0; !due_.empty() && due_.begin()->first <= now_; ++moved) {
      if (moved == due_views_max)
        return go_on_later();
      const auto user = due_.begin()->second;
      due_.erase(due_.begin());
      if (auto* found = find(user)) {
        found->due = end_of_time;
        push_if_changed(user, *found);
      }
    }
  }

  /// By the clock, since a message to oneself would be taken up before the thread looks at its sockets again.
  void go_on_later() {
    if (!std::exchange(going_on_, true))
      this->delayed_send(this, go_on_pause, go_on{});
  }

  /// Views that nobody watches are forgotten, the others folded again one after the other.
  void take_policy(const view_policy& policy) {
    policy_ = policy;
    outdated_.clear();
    for (auto& users : slices_) {
      std::erase_if(users, [](const auto& one) { return one.second.watchers.empty(); });
      for (const auto& [user, view] : users)
        outdated_.push_back(user);
    }
    fold_again();
  }

  /// A part of it, as many users as have `refolded_events_max` events together; one at least.
  void fold_again() {
    for (std::size_t events = 0; !outdated_.empty();) {
      if (events >= refolded_events_max)
        return go_on_later();
      const auto user = outdated_.back();
      outdated_.pop_back();
      if (auto* found = find(user))
        events += fold_from_start(user_id{user}, *found);
    }
  }

  std::size_t fold_from_start(user_id user, entry& of) {
    entry again(policy_);
    std::size_t events = 1;
    const auto read = services_->log->read_user(user, log_start, [&](const recorded_event& e) {
      apply(again, e);
      ++events;
      return true;
    });
    if (!read) {
      spdlog::error("projector {}: cannot read user {}: {}", to_string(View::kind), raw(user), read.error().message);
      return events;
    }
    of.view = std::move(again.view);
    of.at = again.at;
    of.stale = true;
    now_ = services_->time->now();
    push_if_changed(raw(user), of);
    return events;
  }

  void remove_watcher(const unwatch& gone) {
    auto* found = find(raw(gone.user));
    if (!found)
      return;
    auto& watchers = found->watchers;
    if (auto at = std::find(watchers.begin(), watchers.end(), gone.who); at != watchers.end()) {
      std::swap(*at, watchers.back());
      watchers.pop_back();
    }
    if (watchers.empty()) {
      watchers.shrink_to_fit();
      found->last_used = services_->time->now();
      schedule(raw(gone.user), *found);
    }
  }

  void look_after(slice& users) {
    for (auto it = users.begin(); it != users.end();) {
      if (!it->second.watchers.empty())
        send_periodic(it->first, it->second);
      if (it->second.watchers.empty() && now_ - it->second.last_used > services_->idle_max)
        it = users.erase(it);
      else
        ++it;
    }
  }

  void send_periodic(std::uint64_t user, entry& of) {
    if constexpr (View::kind == view_kind::dashboard) {
      refresh(of);
      schedule(user, of);
      periodic_frames frames{nullptr, periodic_message(of.view.pending_count(), now_)};
      if (of.changed || services_->repeat_unchanged_dashboard)
        frames.dashboard = message_of(of);
      of.changed = false;
      for (const auto& watcher : of.watchers)
        this->send(watcher, frames);
    }
  }

  std::shared_ptr<const projector_services> services_;
  view_policy policy_; ///< in force now
  std::array<slice, projector_slices> slices_;
  std::set<std::pair<instant, std::uint64_t>> due_;
  std::vector<std::uint64_t> touched_;
  std::vector<std::uint64_t> outdated_; ///< users whose view was folded by rules that are no longer in force
  bool going_on_ = false;               ///< a `go_on` is on its way
  std::size_t next_slice_ = 0;
  instant now_{}; ///< when the message at hand was taken up
};

} // namespace

projector_actor spawn_projector(caf::actor_system& system, caf::execution_unit& unit, view_kind view,
                                std::shared_ptr<const projector_services> services) {
  switch (view) {
  case view_kind::dashboard:
    return spawn_pinned<projector<dashboard_view>>(system, unit, std::move(services));
  case view_kind::pending:
    return spawn_pinned<projector<pending_view>>(system, unit, std::move(services));
  case view_kind::hourly:
    return spawn_pinned<projector<hourly_view>>(system, unit, std::move(services));
  case view_kind::categories:
    return spawn_pinned<projector<category_view>>(system, unit, std::move(services));
  }
  return {};
}

} // namespace btpay
