#include "actors/account_lists.hpp"
#include "storage/account_store.hpp"
#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"

#include <cstdio>

namespace btpay::admin_tool {

namespace {

using nlohmann::json;

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

/// As the service answers.
result<json> users_of_stopped_store(const data_directory& where) {
  const auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return tl::unexpected(accounts.error());
  return listed_users(**accounts);
}

} // namespace

int list_users(const data_directory& where) {
  const auto running = ask_service(where, "/admin/users", nullptr);
  if (!running)
    return fail(program, running.error());
  const auto answer = *running ? result<json>(**running) : users_of_stopped_store(where);
  if (!answer)
    return fail(program, answer.error());
  for (const auto& one : answer->at("users")) {
    const auto text = [&one](const char* name) { return one.at(name).get<std::string>(); };
    std::printf("%-20s  %-6s  %-8s  %s  %s\n", text("name").c_str(), text("role").c_str(),
                one.at("disabled") == true ? "disabled" : "enabled", text("home_currency").c_str(),
                text("zone").c_str());
  }
  return exit_done;
}

int set_password(const data_directory& where, const user_options& options) {
  return change(where, "/admin/users/password", {{"name", options.name}, {"password", options.password}},
                [&](account_store& store) { return store.set_password(options.name, options.password); });
}

int set_disabled(const data_directory& where, const std::string& name, bool disabled) {
  return change(where, "/admin/users/disabled", {{"name", name}, {"disabled", disabled}},
                [&](account_store& store) { return store.set_disabled(name, disabled); });
}

} // namespace btpay::admin_tool
