#include "actors/account_lists.hpp"
#include "storage/account_store.hpp"
#include "storage/credentials.hpp"
#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"

#include <cstdio>

namespace btpay::admin_tool {

namespace {

using nlohmann::json;

/// As the service answers.
result<json> tokens_of_stopped_store(const data_directory& where) {
  const auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return tl::unexpected(accounts.error());
  return listed_tokens(**accounts);
}

std::string text_or(const json& value, const char* otherwise) {
  return value.is_string() ? value.get<std::string>() : otherwise;
}

} // namespace

int list_tokens(const data_directory& where) {
  const auto running = ask_service(where, "/admin/tokens", nullptr);
  if (!running)
    return fail(program, running.error());
  const auto answer = *running ? result<json>(**running) : tokens_of_stopped_store(where);
  if (!answer)
    return fail(program, answer.error());
  for (const auto& one : answer->at("tokens")) {
    std::string scopes;
    for (const auto& each : one.at("scopes"))
      scopes.append(scopes.empty() ? "" : ",").append(each.get<std::string>());
    std::printf("%s  %-13s  %-20s  %s\n", one.at("id").get<std::string>().c_str(), scopes.c_str(),
                text_or(one.at("user"), "(all users)").c_str(), text_or(one.at("expires"), "never expires").c_str());
  }
  return exit_done;
}

int revoke_token(const data_directory& where, const std::string& id) {
  const auto running = ask_service(where, "/admin/tokens/revoke", json{{"id", id}});
  if (!running)
    return fail(program, running.error());
  if (*running)
    return exit_done;
  const auto which = parse_id(id);
  if (!which)
    return fail(program, which.error());
  const auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return fail(program, accounts.error());
  const auto revoked = (*accounts)->revoke_token(*which);
  return revoked ? exit_done : fail(program, revoked.error());
}

} // namespace btpay::admin_tool
