#pragma once
/// Folds users' views by the rules in force, from the log or from what was stored. No CAF.

#include "actors/interfaces.hpp"
#include "actors/projected_view.hpp"
#include "actors/projection_meters.hpp"
#include "actors/stored_views.hpp"
#include "domain/remembering_classifier.hpp"
#include "projections/moment.hpp"
#include "storage/event_log.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace btpay {

/// A state that a client still has is folded anew from so many events at most; else the client gets the whole view.
inline constexpr std::size_t recalled_events_max = 2'000;

/// … and its windows are moved back by so much at most.
inline constexpr std::chrono::hours recalled_age_max{24 * 31};

/// What a fold reads.
struct folding_sources {
  std::shared_ptr<const event_log> log;
  std::shared_ptr<const view_store> stored; ///< null where nothing is kept
  std::shared_ptr<view_counts> counts;
};

/// Owns the rules in force and none of the views, which it is handed. Of one projector, on its thread. That a user's
/// log cannot be read is logged here, and told by what a call gives.
template <projection View>
class view_folding {
public:
  using view_state = projected_view<View>;
  using view_codes = std::array<std::uint64_t, view_kinds>; ///< as in `policies_changed`

  view_folding(folding_sources sources, view_policy policy, const view_codes& codes, meter& rendered)
      : sources_(std::move(sources)), rendered_(rendered) {
    take_policy(std::move(policy), codes);
  }

  /// From now on; what is folded already stays as it is.
  void take_policy(view_policy policy, const view_codes& codes) {
    rules_.code = code_in(codes, policy);
    policy.rules = remembering(std::move(policy.rules)); // For this thread alone: they remember what they said.
    rules_.policy = std::move(policy);
  }

  const folding_rules& rules() const noexcept { return rules_; }

  /// Whether the store may have it: it is folded, by the rules in force.
  bool may_be_kept(const view_state& of) const noexcept {
    return rules_.code != 0 && !of.asleep && of.code == rules_.code;
  }

  /// Folds what the log has behind `into`. False where it cannot be read.
  bool catch_up(user_id user, view_state& into) const {
    const auto read = sources_.log->read_user(user, into.at, [&](const recorded_event& e) {
      into.apply(e);
      return true;
    });
    if (!read)
      tell_unreadable(user, read.error());
    return read.has_value();
  }

  /// Puts to sleep what is new, as it is in the store, if that is what the log gives. True where it is.
  bool take_stored(user_id user, view_state& into, instant now) const {
    if (!sources_.stored || rules_.code == 0)
      return false;
    auto found = find_stored(*sources_.stored, *sources_.log, View::kind, user, rules_.code, now);
    (found ? sources_.counts->served : sources_.counts->not_found).fetch_add(1, std::memory_order_relaxed);
    if (found)
      into.sleep_as(std::move(*found));
    return into.asleep;
  }

  enum class woken : std::uint8_t {
    as_stored,
    corrected, ///< what was shown was not what the log gives now: it is stale
    unreadable ///< still asleep, and nobody may have it any more
  };

  /// Folds what sleeps, and compares the two: the fold is what counts.
  woken wake(user_id user, view_state& of) const {
    view_state folded(rules_);
    if (const auto read = fold_from_start(user, folded, of.at); !read) {
      tell_unreadable(user, read.error());
      of.good_until = of.cut;
      return woken::unreadable;
    }
    of.asleep = false;
    of.view = std::move(folded.view);
    of.view.advance(of.cut);
    const auto made = rendered(of, of.shown.data->size());
    of.shown.totals = made.totals;
    const bool same = *made.data == *of.shown.data && folded.at == of.at;
    if (!same && of.code == rules_.code) {
      sources_.counts->wrong.fetch_add(1, std::memory_order_relaxed);
      spdlog::error("the stored view {} of user {} was not what the log gives; it is now", to_string(View::kind),
                    raw(user));
    }
    of.code = rules_.code;
    if (same)
      return woken::as_stored;
    of.kept = {};
    of.stale = true;
    return woken::corrected;
  }

  /// Moves the windows of what is awake to `now` and renders it where that may give other bytes. What was shown before,
  /// which is null of a first rendering; nothing where it is shown still.
  std::optional<view_change> refresh(view_state& of, instant now) const {
    of.stale |= of.view.advance(now);
    of.cut = now;
    if (!of.stale && of.shown.data)
      return std::nullopt;
    of.stale = false;
    auto after = rendered(of, of.shown.data ? of.shown.data->size() + 256 : 1024);
    if (of.shown.data && after.same_as(of.shown))
      return std::nullopt;
    return view_change{std::exchange(of.shown, std::move(after)), std::exchange(of.told, of.at)};
  }

  /// The change from the view that a client has who was away to the one that is shown, rendered at `now`. Nothing where
  /// that is not known or costs too much to find out.
  std::optional<view_change> recall(user_id user, view_state& of, const view_base& what, instant now) const {
    if (what.at > of.at || what.cut > now + recalled_age_max || what.cut < now - recalled_age_max)
      return std::nullopt;
    if (what.at == of.told) {
      of.view.advance(what.cut);
      auto then = rendered(of, of.shown.data->size());
      of.view.advance(now);
      return view_change{std::move(then), what.at};
    }
    view_state old(rules_);
    const auto events = fold_from_start(user, old, what.at, recalled_events_max);
    if (!events || *events > recalled_events_max)
      return std::nullopt;
    old.view.advance(what.cut);
    return view_change{rendered(old, of.shown.data->size()), what.at};
  }

private:
  /// 0, so that nothing is kept, for what the preset renders with the very instant in it: it is never the same again.
  static std::uint64_t code_in(const view_codes& codes, const view_policy& policy) {
    const bool tells_time = View::kind == view_kind::hourly && policy.moneymanager;
    return tells_time ? 0 : codes[static_cast<std::size_t>(View::kind)];
  }

  /// Folds the user's log up to `last` into a view that is new. How many events there were, which is one more than
  /// `most` where there are more, and then the fold is not whole.
  result<std::size_t> fold_from_start(user_id user, view_state& into, position last = log_end,
                                      std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    std::size_t events = 0;
    const auto read = sources_.log->read_user(user, log_start, [&](const recorded_event& e) {
      if (e.at > last || ++events > most)
        return false;
      into.apply(e);
      return true;
    });
    return read.map([&] { return events; });
  }

  rendering rendered(const view_state& of, std::size_t bytes_usual) const {
    rendered_.add(1);
    return of.rendered(bytes_usual);
  }

  static void tell_unreadable(user_id user, const refusal& why) {
    spdlog::error("projector {}: cannot read user {}: {}", to_string(View::kind), raw(user), why.message);
  }

  folding_sources sources_;
  folding_rules rules_;
  meter& rendered_; ///< lives as long as the services
};

} // namespace btpay
