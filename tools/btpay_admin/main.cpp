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
  admin_tool::token_options token;

  CLI::App app{"Accounts, tokens and backups of btpay.", admin_tool::program};
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

  auto* tokens = app.add_subcommand("token", "Bearer tokens")->require_subcommand(1);
  auto* create = tokens->add_subcommand("create", "Make a token and print it; it is not told again");
  create->add_option("--scope", token.scopes, "ingest, admin or both: ingest,admin")->required();
  create->add_option("--user", token.user, "Bind it to one user");

  std::string directory;
  auto* back_up = app.add_subcommand("backup", "Copy log, accounts and views, also of a running service, and check it");
  back_up->add_option("to", directory, "An empty directory")->required();
  auto* restore = app.add_subcommand("restore", "Put a backup into a data directory that has no store");
  restore->add_option("from", directory, "What backup wrote")->required();

  if (const auto ended = parse_command_line(app, admin_tool::program, argc, argv))
    return *ended;
  if (add->parsed()) {
    if (password_on_stdin && !std::getline(std::cin, user.password))
      return fail(admin_tool::program, "no password on stdin");
    return admin_tool::add_user({data}, user);
  }
  if (back_up->parsed())
    return admin_tool::back_up({data}, directory);
  if (restore->parsed())
    return admin_tool::restore({data}, directory);
  if (create->parsed())
    return admin_tool::create_token({data}, token);
  return exit_failed;
}
