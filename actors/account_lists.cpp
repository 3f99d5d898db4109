#include "actors/account_lists.hpp"

#include "storage/credentials.hpp"

#include <nlohmann/json.hpp>

namespace btpay {

using nlohmann::json;

namespace {

json scopes_of(const listed_token& token) {
  json scopes = json::array();
  for (const auto each : every_scope)
    if (token.grant.allows(each))
      scopes.push_back(to_string(each));
  return scopes;
}

} // namespace

user_names::user_names(const account_store& accounts) {
  if (const auto all = accounts.all_users())
    for (const auto& one : *all)
      names_.emplace(raw(one.id), one.name);
}

json user_names::of(std::optional<user_id> user) const {
  const auto found = user ? names_.find(raw(*user)) : names_.end();
  return found == names_.end() ? json() : json(found->second);
}

json time_or_null(std::optional<instant> when) { return when && *when != instant{} ? json(to_rfc3339(*when)) : json(); }

result<json> listed_users(const account_store& accounts) {
  const auto all = accounts.all_users();
  if (!all)
    return tl::unexpected(all.error());
  json users = json::array();
  for (const auto& one : *all)
    users.push_back({{"id", raw(one.id)},
                     {"name", one.name},
                     {"zone", one.zone},
                     {"home_currency", one.home.code()},
                     {"role", to_string(one.role)},
                     {"disabled", one.disabled}});
  return json{{"users", std::move(users)}};
}

result<json> listed_tokens(const account_store& accounts) {
  const auto all = accounts.all_tokens();
  if (!all)
    return tl::unexpected(all.error());
  const user_names names(accounts);
  json tokens = json::array();
  for (const auto& one : *all)
    tokens.push_back({{"id", id_text(one.id)},
                      {"scopes", scopes_of(one)},
                      {"user", names.of(one.grant.user)},
                      {"made", time_or_null(one.made)},
                      {"expires", time_or_null(one.grant.expires)}});
  return json{{"tokens", std::move(tokens)}};
}

} // namespace btpay
