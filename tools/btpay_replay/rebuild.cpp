#include "tools/btpay_replay/commands.hpp"
#include "tools/btpay_replay/opened_store.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/progress.hpp"
#include "tools/common/view_rebuild.hpp"

#include <cinttypes>
#include <cstdio>

namespace btpay::replay {

namespace {

result<rebuild_order> order_of(const account_store& accounts, const rebuild_options& options) {
  const auto users = accounts.all_users();
  if (!users)
    return tl::unexpected(users.error());
  rebuild_order order{
      .limits = {.threads = options.threads, .memory_bytes = options.memory_mib << 20U, .users = users->size()}};
  if (!options.view.empty()) {
    const auto kind = parse_view_kind(options.view);
    if (!kind)
      return refuse(errc::unknown_item,
                    "no stored view named " + options.view + ": use dashboard, pending, hourly or categories");
    order.kinds = static_cast<std::uint8_t>(1U << static_cast<unsigned>(*kind));
  }
  if (!options.user.empty()) {
    const auto who = accounts.find_user(options.user);
    if (!who)
      return tl::unexpected(who.error());
    order.user = who->id;
  }
  if (!options.at.empty()) {
    const auto at = parse_rfc3339(options.at);
    if (!at)
      return tl::unexpected(at.error());
    order.time = *at;
  }
  return order;
}

void print(const char* what, const view_generation& one) {
  std::printf("%s generation %" PRIu64 " at event %" PRIu64 ", windows of %s\n", what, one.number, raw(one.at),
              to_rfc3339(one.time).c_str());
}

int roll_back(const data_directory& where) {
  const auto store = view_store::open(where.views(), view_store::use::build);
  if (!store)
    return fail(program, store.error());
  const auto live = (*store)->roll_back();
  if (!live)
    return fail(program, live.error());
  print("back to", *live);
  return exit_done;
}

} // namespace

int rebuild(const data_directory& where, const policies& rules, const rebuild_options& options) {
  if (options.roll_back)
    return roll_back(where);
  const auto opened = open_store(where);
  if (!opened)
    return fail(program, opened.error());
  const auto order = order_of(*opened->accounts, options);
  if (!order)
    return fail(program, order.error());
  const auto store = view_store::open(where.views(), view_store::use::build);
  if (!store)
    return fail(program, store.error());
  const auto plan = plan_rebuild(*opened->log, **store, rules, *order, machine_clock{}.now());
  if (!plan)
    return fail(program, plan.error());
  if (options.dry_run) {
    std::printf("would %s a generation at event %" PRIu64 ", windows of %s: %zu of %" PRIu32 " parts to do\n",
                plan->resumed ? "go on with" : "begin", raw(plan->generation.at),
                to_rfc3339(plan->generation.time).c_str(), plan->parts().size(), plan->generation.parts);
    return exit_done;
  }
  progress shown(program, "rebuild", "events", plan->events());
  const auto made = rebuild_views(*opened->log, **store, rules, *plan, order->limits, [&shown](std::uint64_t events) {
    shown.add(events);
    return true;
  });
  if (!made)
    return fail(program, made.error());
  print(plan->resumed ? "went on with, and switched to" : "switched to", *made);
  return exit_done;
}

} // namespace btpay::replay
