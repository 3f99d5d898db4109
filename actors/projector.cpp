#include "actors/projector.hpp"

#include "actors/messages.hpp"
#include "actors/pinned.hpp"
#include "actors/projected_view.hpp"
#include "actors/spawn.hpp"
#include "domain/remembering_classifier.hpp"
#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/moment.hpp"
#include "projections/pending_view.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <limits>
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
        policy_(remembering(services_->policy)),
        code_(code_in(services_->codes, services_->policy)) {}

  behavior_type make_behavior() override {
    return {
        [this](const committed& news) { fold(*news.events); },
        [this](const view_query& asked) {
          auto* found = up_to_date(asked.user, asked.form.positioned && !asked.data_only);
          if (!found)
            return view_frame{View::kind, {}, nullptr};
          meters_.wholes.add(1);
          if (asked.data_only)
            return view_frame{View::kind, found->at, found->shown.data};
          auto form = asked.form;
          form.deltas = false;
          return messages_of(*found).in(form);
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
    outdated_.clear();
  }

private:
  /// 0, so that nothing is kept, for what the preset renders with the very instant in it: it is never the same again.
  static std::uint64_t code_in(const std::array<std::uint64_t, view_kinds>& codes, const view_policy& policy) {
    const bool tells_time = View::kind == view_kind::hourly && policy.moneymanager;
    return tells_time ? 0 : codes[static_cast<std::size_t>(View::kind)];
  }

  /// The policy with rules for this actor alone, which remember what they said.
  static view_policy remembering(view_policy policy) {
    policy.rules = btpay::remembering(std::move(policy.rules));
    return policy;
  }

  using entry = projected_view<View>;
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
      else if (!catch_up(e.user, *found))
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

  bool catch_up(user_id user, entry& into) {
    auto read = services_->log->read_user(user, into.at, [&](const recorded_event& e) {
      into.apply(e);
      return true;
    });
    if (!read)
      tell_unreadable(user, read.error());
    return read.has_value();
  }

  /// Folds the user's log up to `last` into a view that is new. How many events there were, which is one more than
  /// `most` where there are more, and then the fold is not whole.
  result<std::size_t> fold_from_start(user_id user, entry& into, position last = log_end,
                                      std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    std::size_t events = 0;
    const auto read = services_->log->read_user(user, log_start, [&](const recorded_event& e) {
      if (e.at > last || ++events > most)
        return false;
      into.apply(e);
      return true;
    });
    return read.map([&] { return events; });
  }

  static void tell_unreadable(user_id user, const refusal& why) {
    spdlog::error("projector {}: cannot read user {}: {}", to_string(View::kind), raw(user), why.message);
  }

  /// What is in the store, if that is what the log gives.
  bool take_stored(user_id user, entry& into) {
    if (!services_->stored || code_ == 0)
      return false;
    auto found = find_stored(*services_->stored, *services_->log, View::kind, user, code_, now_);
    (found ? services_->counts->served : services_->counts->not_found).fetch_add(1, std::memory_order_relaxed);
    if (found)
      into.sleep_as(std::move(*found));
    return into.asleep;
  }

  /// Folds what was served as it was stored, and compares the two: the fold is what counts. False where the log cannot
  /// be read.
  bool wake(user_id user, entry& of) {
    if (!of.asleep)
      return true;
    entry folded(policy_, code_);
    if (const auto read = fold_from_start(user, folded, of.at); !read) {
      tell_unreadable(user, read.error());
      of.good_until = of.cut; // Nobody may have it any more.
      return false;
    }
    of.asleep = false;
    of.view = std::move(folded.view);
    of.view.advance(of.cut);
    const auto made = rendered(of, of.shown.data->size());
    of.shown.totals = made.totals;
    const bool same = *made.data == *of.shown.data && folded.at == of.at;
    if (!same && of.code == code_) {
      services_->counts->wrong.fetch_add(1, std::memory_order_relaxed);
      spdlog::error("the stored view {} of user {} was not what the log gives; it is now", to_string(View::kind),
                    raw(user));
    }
    of.code = code_;
    if (!same) {
      of.kept = {};
      of.stale = true;
      push_if_changed(raw(user), of);
    }
    return true;
  }

  /// The user's view with its windows at now, rendered; null where its log cannot be read.
  /// Only its bytes are sure to be there unless it has to be awake.
  entry* up_to_date(user_id user, bool awake) {
    now_ = services_->time->now();
    auto [found, added] = slice_of(raw(user)).try_emplace(raw(user), policy_, code_);
    auto& view = found->second;
    if (added && (awake || !take_stored(user, view)) && !catch_up(user, view)) {
      slice_of(raw(user)).erase(found);
      return nullptr;
    }
    view.last_used = now_;
    if ((awake || !view.is_good(now_)) && !wake(user, view))
      return nullptr;
    const auto due = view.due <= now_;
    if (refresh(raw(user), view) && due)
      push(view); // The question came before the tick that would have told the watchers.
    schedule(raw(user), view);
    return &view;
  }

  /// Moves the windows to now and renders where that may give other bytes. True where it did.
  bool refresh(std::uint64_t user, entry& of) {
    if (of.asleep && (of.is_good(now_) || !wake(user_id{user}, of)))
      return false;
    of.stale |= of.view.advance(now_);
    of.cut = now_;
    if (!of.stale && of.shown.data)
      return false;
    of.stale = false;
    auto after = rendered(of, of.shown.data ? of.shown.data->size() + 256 : 1024);
    if (of.shown.data && after.same_as(of.shown))
      return false;
    const auto before = std::exchange(of.shown, std::move(after));
    const auto previous = std::exchange(of.told, of.at);
    if (before.data)
      tell_change(of, before, previous);
    if (before.data && *before.data == *of.shown.data)
      return false; // Only what is beside the data changed, which level 1 has not.
    of.changed = true;
    return true;
  }

  rendering rendered(const entry& of, std::size_t bytes_usual) {
    meters_.rendered.add(1);
    return of.rendered(bytes_usual);
  }

  view_messages messages_of(const entry& of) const { return {View::kind, services_->epoch, of.shown, of.told, now_}; }

  /// Level 2 hears of every change of the bytes, whatever was its cause: so each delta applies to the one before.
  void tell_change(entry& of, const rendering& before, position previous) {
    const bool anybody =
        std::ranges::any_of(of.watchers, [](const view_watcher& each) { return each.form.positioned; });
    // A lost delta is seen by the next one's `prev`, unless time alone made it: then by the next one's hash.
    const bool with_hash = ++of.deltas % deltas_per_hash == 0 || of.moved;
    of.moved = previous == of.told;
    if (!anybody)
      return;
    auto messages = messages_of(of);
    messages.tell_change(before, previous, with_hash);
    for (const auto& each : of.watchers)
      if (each.form.positioned)
        send_frame(each, messages.in(each.form));
  }

  void send_frame(const view_watcher& to, view_frame frame) {
    if (frame.message)
      (frame.is_delta ? meters_.deltas : meters_.wholes).add(1);
    frame.subscription = to.subscription;
    this->send(to.who, std::move(frame));
  }

  void add_watcher(const watch& asked) {
    auto* found = up_to_date(asked.user, asked.form.positioned);
    const view_watcher added{asked.who, asked.form, asked.subscription};
    if (!found) {
      send_frame(added, view_frame{View::kind, {}, nullptr, false, true});
      return;
    }
    auto messages = messages_of(*found);
    std::optional<rendering> before;
    if (asked.since && asked.form.deltas)
      before = recall(asked.user, *found, *asked.since);
    if (before)
      messages.tell_change(*before, asked.since->at, true);
    auto frame = messages.in(asked.form);
    frame.is_first = true;
    send_frame(added, std::move(frame));
    found->watchers.push_back(added);
    schedule(raw(asked.user), *found);
  }

  /// The view as a client has it that was away. Nothing where that is not known or costs too much to find out.
  std::optional<rendering> recall(user_id user, entry& of, const view_base& what) {
    if (what.at > of.at || what.cut > now_ + recalled_age_max || what.cut < now_ - recalled_age_max)
      return std::nullopt;
    if (what.at == of.told) {
      of.view.advance(what.cut);
      auto then = rendered(of, of.shown.data->size());
      of.view.advance(now_);
      return then;
    }
    entry old(policy_, code_);
    const auto events = fold_from_start(user, old, what.at, recalled_events_max);
    if (!events || *events > recalled_events_max)
      return std::nullopt;
    old.view.advance(what.cut);
    return rendered(old, of.shown.data->size());
  }

  void push_if_changed(std::uint64_t user, entry& of) {
    if (refresh(user, of))
      push(of);
    schedule(user, of);
  }

  /// Level 1 hears of the changes that come by events and by the end of a window.
  void push(const entry& of) {
    auto messages = messages_of(of);
    for (const auto& each : of.watchers)
      if (!each.form.positioned)
        send_frame(each, messages.in(each.form));
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
    policy_ = remembering(other.views);
    code_ = code_in(other.codes, policy_);
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
        events += renew(user_id{user}, *found);
    }
  }

  /// Folds it by the rules in force. How many events that were, as a measure of the work.
  std::size_t renew(user_id user, entry& of) {
    entry again(policy_, code_);
    const auto events = fold_from_start(user, again);
    if (!events) {
      tell_unreadable(user, events.error());
      return 1;
    }
    of.view = std::move(again.view);
    of.asleep = false;
    of.code = code_;
    of.at = again.at;
    of.stale = true;
    now_ = services_->time->now();
    push_if_changed(raw(user), of);
    return *events + 1;
  }

  void remove_watcher(const unwatch& gone) {
    auto* found = find(raw(gone.user));
    if (!found)
      return;
    auto& watchers = found->watchers;
    if (auto at = std::ranges::find(watchers, gone.who, &view_watcher::who); at != watchers.end()) {
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
    if (!services_->keeper || code_ == 0 || of.asleep || of.code != code_)
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
      const bool with_dashboard = of.changed || services_->repeat_unchanged_dashboard;
      of.changed = false;
      auto messages = messages_of(of);
      std::array<periodic_frames, 2> frames; // as JSON and packed
      for (const auto& each : of.watchers) {
        if (each.form.positioned)
          continue;
        auto& form = frames[each.form.packed ? 1 : 0];
        if (!form.periodic) {
          form.periodic = periodic_message(of.view.pending_count(), now_);
          if (each.form.packed)
            form.periodic = packed(*form.periodic);
          if (with_dashboard)
            form.dashboard = messages.in(each.form).message;
        }
        meters_.wholes.add(form.dashboard ? 1 : 0);
        this->send(each.who, form);
      }
    }
  }

  std::shared_ptr<const projector_services> services_;
  projector_meters& meters_; ///< they live as long as the services
  view_policy policy_;       ///< in force now
  std::uint64_t code_;       ///< tells it, and the code of the view
  std::array<slice, projector_slices> slices_;
  std::set<std::pair<instant, std::uint64_t>> due_;
  std::vector<std::uint64_t> touched_;
  std::vector<kept_view> handed_over_;  ///< not yet sent
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
