#include "tools/btpay_admin/commands.hpp"
#include "tools/common/command_line.hpp"
#include "tools/common/exit_codes.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <iostream>
#include <string>
#include <utility>

namespace {

using namespace btpay;

struct choices {
  std::string data = "data";
  bool password_on_stdin = false;
  admin_tool::user_options user;
  admin_tool::profile_options profile;
  admin_tool::token_options token;
  std::string id;
  std::string level;
  std::string directory;
};

/// What a subcommand does once everything is read.
using action = std::function<int(const choices&)>;

void add_user_commands(CLI::App& app, choices& read, action& chosen) {
  auto* users = app.add_subcommand("user", "Accounts")->require_subcommand(1);
  const auto command = [&](const char* name, const char* help, action act) {
    auto* made = users->add_subcommand(name, help);
    made->add_option("name", read.user.name, "1 to 64 of A-Z a-z 0-9 . _ @ -")->required();
    made->callback([&chosen, act = std::move(act)] { chosen = act; });
    return made;
  };
  constexpr const char* from_stdin = "Read the password from the first line of stdin";
  auto* add = command("add", "Add an account", [](const choices& c) { return admin_tool::add_user({c.data}, c.user); });
  add->add_flag("--password-stdin", read.password_on_stdin, from_stdin);
  add->add_option("--zone", read.user.zone, "IANA time zone");
  add->add_option("--home-currency", read.user.home_currency, "ISO 4217 code");
  add->add_option("--role", read.user.role, "member, or admin for an operator");
  users->add_subcommand("list", "Show the accounts")->callback([&chosen] {
    chosen = [](const choices& c) { return admin_tool::list_users({c.data}); };
  });
  command("password", "Change a password; ends the sessions of that user",
          [](const choices& c) { return admin_tool::set_password({c.data}, c.user); })
      ->add_flag("--password-stdin", read.password_on_stdin, from_stdin)
      ->required();
  command("disable", "Let nobody in as that user; ends sessions and sockets",
          [](const choices& c) { return admin_tool::set_disabled({c.data}, c.user.name, true); });
  command("enable", "Take that back",
          [](const choices& c) { return admin_tool::set_disabled({c.data}, c.user.name, false); });
  auto* set = users->add_subcommand("set", "Change an account; what is not named stays");
  set->add_option("name", read.profile.name, "Whose")->required();
  set->add_option("--zone", read.profile.zone, "IANA time zone");
  set->add_option("--home-currency", read.profile.home_currency, "ISO 4217 code");
  set->add_option("--role", read.profile.role, "member, or admin for an operator");
  set->callback([&chosen] { chosen = [](const choices& c) { return admin_tool::set_user({c.data}, c.profile); }; });
}

void add_token_commands(CLI::App& app, choices& read, action& chosen) {
  auto* tokens = app.add_subcommand("token", "Bearer tokens")->require_subcommand(1);
  auto* create = tokens->add_subcommand("create", "Make a token and print it; it is not told again");
  create->add_option("--scope", read.token.scopes, "ingest, admin, metrics, or several: ingest,admin")->required();
  create->add_option("--user", read.token.user, "Bind it to one user");
  create->add_option("--expires", read.token.expires, "Until then it is good: a number and s, m, h or d, such as 90d");
  create->callback(
      [&chosen] { chosen = [](const choices& c) { return admin_tool::create_token({c.data}, c.token); }; });
  tokens->add_subcommand("list", "Show the tokens, by id; the tokens themselves are not kept")->callback([&chosen] {
    chosen = [](const choices& c) { return admin_tool::list_tokens({c.data}); };
  });
  auto* revoke = tokens->add_subcommand("revoke", "End a token and the sockets that it opened");
  revoke->add_option("id", read.id, "As in the list")->required();
  revoke->callback([&chosen] { chosen = [](const choices& c) { return admin_tool::revoke_token({c.data}, c.id); }; });
}

void add_service_commands(CLI::App& app, choices& read, action& chosen) {
  auto* sessions = app.add_subcommand("sessions", "Who is logged in and connected")->require_subcommand(1);
  sessions->add_subcommand("list", "Show log-ins and sockets")->callback([&chosen] {
    chosen = [](const choices& c) { return admin_tool::list_sessions({c.data}); };
  });
  auto* close = sessions->add_subcommand("close", "End one session, or all of a user, with their sockets");
  auto* which = close->add_option_group("which")->require_option(1);
  which->add_option("id", read.id, "As in the list");
  which->add_option("--user", read.user.name, "Everything of this user");
  close->callback(
      [&chosen] { chosen = [](const choices& c) { return admin_tool::close_sessions({c.data}, c.id, c.user.name); }; });
  auto* level = app.add_subcommand("log-level", "Change what a running service logs");
  level->add_option("level", read.level, "trace, debug, info, warn or error")->required();
  level->callback(
      [&chosen] { chosen = [](const choices& c) { return admin_tool::set_log_level({c.data}, c.level); }; });
  app.add_subcommand("reload", "Make the running service read its rules file again")->callback([&chosen] {
    chosen = [](const choices& c) { return admin_tool::reload({c.data}); };
  });
  app.add_subcommand("drain", "Stop a running service: finish, close with 1001, end")->callback([&chosen] {
    chosen = [](const choices& c) { return admin_tool::drain({c.data}); };
  });
}

void add_backup_commands(CLI::App& app, choices& read, action& chosen) {
  auto* back_up = app.add_subcommand("backup", "Copy log, accounts and views, also of a running service, and check it");
  back_up->add_option("to", read.directory, "An empty directory")->required();
  back_up->callback(
      [&chosen] { chosen = [](const choices& c) { return admin_tool::back_up({c.data}, c.directory); }; });
  auto* restore = app.add_subcommand("restore", "Put a backup into a data directory that has no store");
  restore->add_option("from", read.directory, "What backup wrote")->required();
  restore->callback(
      [&chosen] { chosen = [](const choices& c) { return admin_tool::restore({c.data}, c.directory); }; });
}

} // namespace

int main(int argc, char** argv) {
  choices read;
  action chosen;
  CLI::App app{"Accounts, tokens, sessions and backups of btpay.", admin_tool::program};
  app.set_version_flag("--version", std::string(admin_tool::program) + " " BTPAY_VERSION);
  app.add_option("--data", read.data, "Data directory")->envname("BTPAY_DATA");
  app.require_subcommand(1);
  app.fallthrough();
  add_user_commands(app, read, chosen);
  add_token_commands(app, read, chosen);
  add_service_commands(app, read, chosen);
  add_backup_commands(app, read, chosen);
  if (const auto ended = parse_command_line(app, admin_tool::program, argc, argv))
    return *ended;
  if (read.password_on_stdin && !std::getline(std::cin, read.user.password))
    return fail(admin_tool::program, "no password on stdin");
  return chosen(read);
}
