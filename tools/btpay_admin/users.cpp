#include "storage/account_store.hpp"
#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"

namespace btpay::admin_tool {

namespace {

/// Asks the service, or where none runs changes the store.
template <class Change>
int change(const data_directory& where, const std::string& path, const nlohmann::json& order, Change change_store) {
  const auto running = ask_service(where, path, order);
  if (!running)
    return fail(program, running.error());
  if (*running)
    return exit_done;
  const auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return fail(program, accounts.error());
  const auto done = change_store(**accounts);
  return done ? exit_done : fail(program, done.error());
}

} // namespace

int set_password(const data_directory& where, const user_options& options) {
  return change(where, "/admin/users/password", {{"name", options.name}, {"password", options.password}},
                [&](account_store& store) { return store.set_password(options.name, options.password); });
}

int set_disabled(const data_directory& where, const std::string& name, bool disabled) {
  return change(where, "/admin/users/disabled", {{"name", name}, {"disabled", disabled}},
                [&](account_store& store) { return store.set_disabled(name, disabled); });
}

} // namespace btpay::admin_tool
