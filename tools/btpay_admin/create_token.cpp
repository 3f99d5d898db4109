#include "storage/account_store.hpp"
#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
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

/// A number and a unit: s, m, h or d.
result<std::chrono::seconds> parse_age(const std::string& text) {
  std::uint32_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && number > 0 && end - unit == 1)
    switch (*unit) {
    case 's':
      return std::chrono::seconds{number};
    case 'm':
      return std::chrono::minutes{number};
    case 'h':
      return std::chrono::hours{number};
    case 'd':
      return std::chrono::days{number};
    default:
      break;
    }
  return refuse(errc::invalid_value, "--expires wants a number and s, m, h or d, such as 90d");
}

result<std::string> create_in_stopped_store(const data_directory& where, const std::vector<std::string>& scopes,
                                            const std::string& user, std::optional<std::chrono::seconds> age) {
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
  const auto now = machine_clock{}.now();
  std::optional<instant> expires;
  if (age)
    expires = now + *age;
  return (*accounts)->create_token(static_cast<std::uint8_t>(bits), bound, expires, now);
}

} // namespace

int create_token(const data_directory& where, const token_options& options) {
  const auto scopes = split(options.scopes);
  nlohmann::json order{{"scopes", scopes}};
  if (!options.user.empty())
    order["user"] = options.user;
  std::optional<std::chrono::seconds> age;
  if (!options.expires.empty()) {
    const auto parsed = parse_age(options.expires);
    if (!parsed)
      return fail(program, parsed.error());
    age = *parsed;
    order["expires_in"] = age->count();
  }
  const auto made = ask_service(where, "/admin/tokens", order);
  if (!made)
    return fail(program, made.error());
  if (*made) {
    std::printf("%s\n", (**made).value("token", "").c_str());
    return exit_done;
  }
  const auto token = create_in_stopped_store(where, scopes, options.user, age);
  if (!token)
    return fail(program, token.error());
  std::printf("%s\n", token->c_str());
  return exit_done;
}

} // namespace btpay::admin_tool
