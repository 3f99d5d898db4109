#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/stopped_store.hpp"

#include <cstdio>
#include <optional>

namespace btpay::admin_tool {

namespace {

result<void> set_in_stopped_store(const data_directory& where, const profile_options& options,
                                  std::optional<currency> home, std::optional<account_role> role) {
  auto store = stopped_store::open(where, {});
  if (!store)
    return tl::unexpected(store.error());
  const auto who = store->accounts().set_profile(options.name, options.zone, home, role);
  if (!who)
    return tl::unexpected(who.error());
  // The views go by the stream, so it must know too.
  const auto opened = store->run(*who, open_user{{who->name, who->zone, who->home}}, machine_clock{}.now());
  if (!opened)
    return tl::unexpected(opened.error());
  return {};
}

} // namespace

int set_user(const data_directory& where, const profile_options& options) {
  if (!options.zone && !options.home_currency && !options.role)
    return fail(program, "nothing to set: give --zone, --home-currency or --role");
  nlohmann::json order{{"name", options.name}};
  std::optional<currency> home;
  if (options.home_currency) {
    const auto parsed = currency::parse(*options.home_currency);
    if (!parsed)
      return fail(program, parsed.error());
    home = *parsed;
    order["home_currency"] = *options.home_currency;
  }
  std::optional<account_role> role;
  if (options.role) {
    const auto parsed = parse_role(*options.role);
    if (!parsed)
      return fail(program, parsed.error());
    role = *parsed;
    order["role"] = *options.role;
  }
  if (options.zone)
    order["zone"] = *options.zone;
  const auto set = ask_service(where, "/admin/users/set", order);
  if (!set)
    return fail(program, set.error());
  if (!*set)
    if (const auto done = set_in_stopped_store(where, options, home, role); !done)
      return fail(program, done.error());
  std::printf("set %s\n", options.name.c_str());
  return exit_done;
}

} // namespace btpay::admin_tool
