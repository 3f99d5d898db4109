#include "storage/account_store.hpp"
#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"

#include <cstdio>
#include <vector>

namespace btpay::admin_tool {

namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

result<std::string> create_in_stopped_store(const data_directory& where, const std::vector<std::string>& scopes,
                                            const std::string& user) {
  const auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return tl::unexpected(accounts.error());
  unsigned bits = 0;
  for (const auto& name : scopes) {
    const auto one = parse_scope(name);
    if (!one)
      return tl::unexpected(one.error());
    bits |= static_cast<unsigned>(*one);
  }
  std::optional<user_id> bound;
  if (!user.empty()) {
    const auto who = (*accounts)->find_user(user);
    if (!who)
      return tl::unexpected(who.error());
    bound = who->id;
  }
  return (*accounts)->create_token(static_cast<std::uint8_t>(bits), bound);
}

} // namespace

int create_token(const data_directory& where, const token_options& options) {
  const auto scopes = split(options.scopes);
  nlohmann::json order{{"scopes", scopes}};
  if (!options.user.empty())
    order["user"] = options.user;
  const auto made = ask_service(where, "/admin/tokens", order);
  if (!made)
    return fail(program, made.error());
  if (*made) {
    std::printf("%s\n", (**made).value("token", "").c_str());
    return exit_done;
  }
  const auto token = create_in_stopped_store(where, scopes, options.user);
  if (!token)
    return fail(program, token.error());
  std::printf("%s\n", token->c_str());
  return exit_done;
}

} // namespace btpay::admin_tool
