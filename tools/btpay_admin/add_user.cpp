#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/stopped_store.hpp"

#include <cstdio>

namespace btpay::admin_tool {

namespace {

result<void> add_to_stopped_store(const data_directory& where, const user_options& options, currency home,
                                  account_role role) {
  auto store = stopped_store::open(where, {});
  if (!store)
    return tl::unexpected(store.error());
  const auto who = store->accounts().add_user(options.name, options.password, options.zone, home, role);
  if (!who)
    return tl::unexpected(who.error());
  // The stream begins with the profile, so that even an empty view is cut in the user's zone.
  const auto opened = store->run(*who, open_user{{who->name, who->zone, who->home}}, machine_clock{}.now());
  if (!opened)
    return tl::unexpected(opened.error());
  return {};
}

} // namespace

int add_user(const data_directory& where, const user_options& options) {
  const auto home = currency::parse(options.home_currency);
  if (!home)
    return fail(program, home.error());
  const auto role = parse_role(options.role);
  if (!role)
    return fail(program, role.error());
  const nlohmann::json order{{"name", options.name},
                             {"password", options.password},
                             {"zone", options.zone},
                             {"home_currency", options.home_currency},
                             {"role", options.role}};
  const auto added = ask_service(where, "/admin/users", order);
  if (!added)
    return fail(program, added.error());
  if (!*added)
    if (const auto done = add_to_stopped_store(where, options, *home, *role); !done)
      return fail(program, done.error());
  std::printf("added %s\n", options.name.c_str());
  return exit_done;
}

} // namespace btpay::admin_tool
