#include "tools/btpay_admin/commands.hpp"
#include "tools/common/command_line.hpp"
#include "tools/common/exit_codes.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

int main(int argc, char** argv) {
  using namespace btpay;
  std::string data = "data";
  bool password_on_stdin = false;
  admin_tool::user_options user;
  admin_tool::profile_options profile;
  admin_tool::token_options token;

  CLI::App app{"Accounts and tokens of btpay.", admin_tool::program};
  app.set_version_flag("--version", std::string(admin_tool::program) + " " BTPAY_VERSION);
  app.add_option("--data", data, "Data directory")->envname("BTPAY_DATA");
  app.require_subcommand(1);
  app.fallthrough();

  auto* users = app.add_subcommand("user", "Accounts")->require_subcommand(1);
  auto* add = users->add_subcommand("add", "Add an account");
  add->add_option("name", user.name, "1 to 64 of A-Z a-z 0-9 . _ @ -")->required();
  add->add_flag("--password-stdin", password_on_stdin, "Read the password from the first line of stdin");
  add->add_option("--zone", user.zone, "IANA time zone");
  add->add_option("--home-currency", user.home_currency, "ISO 4217 code");

  auto* set = users->add_subcommand("set", "Change an account; what is not named stays");
  set->add_option("name", profile.name, "Whose")->required();
  set->add_option("--zone", profile.zone, "IANA time zone");
  set->add_option("--home-currency", profile.home_currency, "ISO 4217 code");

  const auto* reload = app.add_subcommand("reload", "Make the running service read its rules file again");

  auto* tokens = app.add_subcommand("token", "Bearer tokens")->require_subcommand(1);
  auto* create = tokens->add_subcommand("create", "Make a token and print it; it is not told again");
  create->add_option("--scope", token.scopes, "ingest, admin or both: ingest,admin")->required();
  create->add_option("--user", token.user, "Bind it to one user");

  if (const auto ended = parse_command_line(app, admin_tool::program, argc, argv))
    return *ended;
  if (add->parsed()) {
    if (password_on_stdin && !std::getline(std::cin, user.password))
      return fail(admin_tool::program, "no password on stdin");
    return admin_tool::add_user({data}, user);
  }
  if (set->parsed())
    return admin_tool::set_user({data}, profile);
  if (reload->parsed())
    return admin_tool::reload({data});
  if (create->parsed())
    return admin_tool::create_token({data}, token);
  return exit_failed;
}
