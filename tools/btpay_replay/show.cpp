#include "domain/time.hpp"
#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/moment.hpp"
#include "projections/pending_view.hpp"
#include "projections/stats_view.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/btpay_replay/opened_store.hpp"
#include "tools/common/exit_codes.hpp"

#include <cstdio>

namespace btpay::replay {

namespace {

result<moment> moment_of(const show_options& options) {
  moment when{.cut = machine_clock{}.now()};
  if (!options.known_at.empty()) {
    const auto known = parse_rfc3339(options.known_at);
    if (!known)
      return tl::unexpected(known.error());
    when.known_at = when.cut = *known;
  }
  if (!options.at.empty()) {
    const auto at = parse_rfc3339(options.at);
    if (!at)
      return tl::unexpected(at.error());
    when.cut = *at;
  }
  if (options.seq)
    when.last = position{*options.seq};
  return when;
}

/// A moment of the past has nothing that is dated later. The preset tells everything since its cut.
view_policy policy_of(const show_options& options, const policies& rules) {
  auto policy = rules.views;
  const bool is_past = !options.at.empty() || !options.known_at.empty();
  policy.until_now = is_past && !options.later && !policy.moneymanager;
  return policy;
}

template <class View>
result<std::string> fold(const event_log& log, user_id user, const view_policy& policy, const moment& when) {
  View view(policy);
  auto read = log.read_user(user, log_start, [&](const recorded_event& e) {
    return when.take(e, [&view](const recorded_event& known) { view.apply(known); });
  });
  if (!read)
    return tl::unexpected(read.error());
  std::string data;
  if constexpr (projection<View>) {
    view.advance(when.cut);
    view.render(data);
  } else {
    view.render(data, when.cut);
  }
  return data;
}

result<std::string> fold_named(const std::string& name, const event_log& log, user_id user, const view_policy& policy,
                               const moment& when) {
  if (name == "stats")
    return fold<stats_view>(log, user, policy, when);
  switch (parse_view_kind(name).value_or(view_kind{0xFF})) {
  case view_kind::dashboard:
    return fold<dashboard_view>(log, user, policy, when);
  case view_kind::pending:
    return fold<pending_view>(log, user, policy, when);
  case view_kind::hourly:
    return fold<hourly_view>(log, user, policy, when);
  case view_kind::categories:
    return fold<category_view>(log, user, policy, when);
  }
  return refuse(errc::unknown_item, "no view named " + name + ": use dashboard, pending, hourly, categories or stats");
}

} // namespace

int show(const data_directory& where, const policies& rules, const show_options& options) {
  const auto when = moment_of(options);
  if (!when)
    return fail(program, when.error());
  const auto store = open_store(where);
  if (!store)
    return fail(program, store.error());
  const auto user = store->accounts->find_user(options.user);
  if (!user)
    return fail(program, user.error());
  const auto data = fold_named(options.view, *store->log, user->id, policy_of(options, rules), *when);
  if (!data)
    return fail(program, data.error());
  std::printf("%s\n", data->c_str());
  return exit_done;
}

} // namespace btpay::replay
