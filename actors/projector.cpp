#include "actors/projector.hpp"

#include "actors/pinned.hpp"
#include "actors/spawn.hpp"
#include "actors/view_folding.hpp"
#include "actors/view_publisher.hpp"
#include "actors/view_renewals.hpp"
#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"

#include <caf/all.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
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
      : super(config, unit),
        services_(std::move(services)),
        meters_(services_->meters->add(View::kind, services_->log->head())),
        folding_({services_->log, services_->stored, services_->counts}, services_->policy, services_->codes,
                 meters_.rendered),
        publisher_(*this, services_->epoch, services_->repeat_unchanged_dashboard, meters_),
        renewals_(services_->log) {}

  behavior_type make_behavior() override {
    return {
        [this](const committed& news) { fold(*news.events); },
        [this](const view_query& asked) {
          auto* found = up_to_date(asked.user, asked.form.positioned && !asked.data_only);
          if (!found)
            return view_frame{View::kind, {}, nullptr};
          return asked.data_only ? publisher_.answer_data(*found) : publisher_.answer(*found, asked.form, now_);
        },
        [this](const watch& asked) { add_watcher(asked); },
        [this](const unwatch& gone) { remove_watcher(gone); },
        [this](const policies_changed& other) { take_policy(other); },
        [this](const drain&) {
          hand_over_all();
          return drained{};
        },
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
    renewals_.clear();
  }

private:
  /// One user's view.
  struct entry : watched_view<View> {
    using watched_view<View>::watched_view;

    instant due = end_of_time; ///< its key in `due_`, where it is there
    instant last_used{};
    instant kept_time{}; ///< when it was last handed over to be kept
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
      if (found->asleep && found->watchers.empty()) {
        slice_of(raw(e.user)).erase(raw(e.user)); // Folded when somebody asks.
        continue;
      }
      if (!wake(e.user, *found))
        continue;
      if (e.previous == found->at)
        found->apply(e);
      else if (!folding_.catch_up(e.user, *found))
        continue;
      if (touched_.empty() || touched_.back() != raw(e.user))
        touched_.push_back(raw(e.user));
    }
    for (const auto user : touched_)
      if (auto* found = find(user); found && !found->watchers.empty())
        push_if_changed(user, *found);
    if (!events.empty())
      meters_.taken_up.set(raw(events.back().at));
  }

  /// What sleeps is folded; who watches it is told where it was shown wrong. False where the log cannot be read.
  bool wake(user_id user, entry& of) {
    if (!of.asleep)
      return true;
    const auto woken = folding_.wake(user, of);
    if (woken == view_folding<View>::woken::corrected)
      push_if_changed(raw(user), of);
    return woken != view_folding<View>::woken::unreadable;
  }

  /// The user's view with its windows at now, rendered; null where its log cannot be read.
  /// Only its bytes are sure to be there unless it has to be awake.
  entry* up_to_date(user_id user, bool awake) {
    now_ = services_->time->now();
    auto [found, added] = slice_of(raw(user)).try_emplace(raw(user), folding_.rules());
    auto& view = found->second;
    if (added && (awake || !folding_.take_stored(user, view, now_)) && !folding_.catch_up(user, view)) {
      slice_of(raw(user)).erase(found);
      return nullptr;
    }
    view.last_used = now_;
    if ((awake || !view.is_good(now_)) && !wake(user, view))
      return nullptr;
    const auto due = view.due <= now_;
    if (refresh(raw(user), view) && due)
      publisher_.push(view, now_); // The question came before the tick that would have told the watchers.
    schedule(raw(user), view);
    return &view;
  }

  /// Moves the windows to now and renders where that may give other bytes. True where it did.
  bool refresh(std::uint64_t user, entry& of) {
    if (of.asleep && (of.is_good(now_) || !wake(user_id{user}, of)))
      return false;
    const auto change = folding_.refresh(of, now_);
    if (!change)
      return false;
    if (change->before.data) {
      publisher_.tell_change(of, *change, now_);
      if (*change->before.data == *of.shown.data)
        return false; // Only what is beside the data changed, which level 1 has not.
    }
    of.changed = true;
    return true;
  }

  void add_watcher(const watch& asked) {
    auto* found = up_to_date(asked.user, asked.form.positioned);
    const view_watcher added{asked.who, asked.form, asked.subscription};
    if (!found)
      return publisher_.refuse(added);
    std::optional<view_change> since;
    if (asked.since && asked.form.deltas)
      since = folding_.recall(asked.user, *found, *asked.since, now_);
    publisher_.add(*found, added, since, now_);
    schedule(raw(asked.user), *found);
  }

  void push_if_changed(std::uint64_t user, entry& of) {
    if (refresh(user, of))
      publisher_.push(of, now_);
    schedule(user, of);
  }

  /// Keeps watched views in `due_` under the instant at which they change by themselves.
  void schedule(std::uint64_t user, entry& of) {
    auto due = of.watchers.empty() ? end_of_time : of.next_change();
    if (of.asleep && due <= now_)
      due = now_ + keep_pause; // Its log could not be read: it is tried again.
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
  void take_policy(const policies_changed& other) {
    folding_.take_policy(other.views, other.codes);
    std::vector<user_id> watched;
    for (auto& users : slices_) {
      std::erase_if(users, [](const auto& one) { return one.second.watchers.empty(); });
      for (const auto& [user, view] : users)
        watched.push_back(user_id{user});
    }
    renewals_.begin(std::move(watched), folding_.rules());
    fold_again();
  }

  /// A part of it.
  void fold_again() {
    const auto renewed = [this](user_id user, entry& view) {
      now_ = services_->time->now();
      push_if_changed(raw(user), view);
    };
    if (renewals_.work([this](user_id user) { return find(raw(user)); }, renewed))
      go_on_later();
  }

  void remove_watcher(const unwatch& gone) {
    auto* found = find(raw(gone.user));
    if (!found)
      return;
    publisher_.remove(*found, gone.who);
    if (found->watchers.empty()) {
      found->last_used = services_->time->now();
      schedule(raw(gone.user), *found);
    }
  }

  void look_after(slice& users) {
    for (auto it = users.begin(); it != users.end();) {
      auto& [user, view] = *it;
      if (!view.watchers.empty())
        send_periodic(user, view);
      const bool forgotten = view.watchers.empty() && now_ - view.last_used > services_->idle_max;
      if (forgotten || now_ - view.kept_time >= keep_pause)
        hand_over(user, view, forgotten);
      it = forgotten ? users.erase(it) : std::next(it);
    }
    send_handed_over();
  }

  /// Puts the view among those that are to be kept, if the store has another; brings it up to date only where that
  /// costs nobody else anything.
  void hand_over(std::uint64_t user, entry& of, bool last) {
    if (!services_->keeper || !folding_.may_be_kept(of))
      return;
    if (last)
      push_if_changed(user, of);
    if (auto kept = of.to_keep(user_id{user})) {
      of.kept_time = now_;
      handed_over_.push_back(std::move(*kept));
    }
  }

  void send_handed_over() {
    if (!handed_over_.empty())
      this->send(services_->keeper, keep_views{std::exchange(handed_over_, {})});
  }

  /// When the service stops.
  void hand_over_all() {
    now_ = services_->time->now();
    const auto end = std::chrono::steady_clock::now() + projector_drain_time;
    for (auto& users : slices_)
      for (auto& [user, view] : users) {
        if (std::chrono::steady_clock::now() >= end)
          return send_handed_over();
        hand_over(user, view, true);
      }
    send_handed_over();
  }

  void send_periodic(std::uint64_t user, entry& of) {
    if constexpr (View::kind == view_kind::dashboard) {
      if (!wake(user_id{user}, of))
        return; // What waits for review is not known without the fold.
      // While the windows of many move, this one's turn comes, and its message then.
      if (!going_on_) {
        refresh(user, of);
        schedule(user, of);
      }
      publisher_.send_periodic(of, now_);
    }
  }

  std::shared_ptr<const projector_services> services_;
  projector_meters& meters_; ///< they live as long as the services
  view_folding<View> folding_;
  view_publisher<View> publisher_;
  view_renewals<View> renewals_;
  std::array<slice, projector_slices> slices_;
  std::set<std::pair<instant, std::uint64_t>> due_;
  std::vector<std::uint64_t> touched_;
  std::vector<kept_view> handed_over_; ///< not yet sent
  bool going_on_ = false;              ///< a `go_on` is on its way
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
