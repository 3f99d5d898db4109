#pragma once
/// The commands of btpay-admin. Each returns the program's exit code and reports errors on stderr.

#include "tools/common/data_directory.hpp"

#include <optional>
#include <string>

namespace btpay::admin_tool {

inline constexpr const char* program = "btpay-admin";

struct user_options {
  std::string name;
  std::string password; ///< empty: nobody can log in yet
  std::string zone = "Europe/Bucharest";
  std::string home_currency = "RON";
  std::string role = "member"; ///< or admin
};
int add_user(const data_directory& where, const user_options& options);
int list_users(const data_directory& where);
/// Ends the sessions of that user too.
int set_password(const data_directory& where, const user_options& options);
int set_disabled(const data_directory& where, const std::string& name, bool disabled);

struct profile_options {
  std::string name;
  std::optional<std::string> zone;          ///< absent: as it was
  std::optional<std::string> home_currency; ///< the same
  std::optional<std::string> role;          ///< the same
};
int set_user(const data_directory& where, const profile_options& options);

/// Makes a running service read its rules again.
int reload(const data_directory& where);

struct token_options {
  std::string scopes;  ///< names, with commas between them
  std::string user;    ///< empty for a token that may write for all
  std::string expires; ///< such as 90d or 12h; empty: never
};
/// Prints the token alone.
int create_token(const data_directory& where, const token_options& options);
int list_tokens(const data_directory& where);
int revoke_token(const data_directory& where, const std::string& id);

// Of a running service alone.
int list_sessions(const data_directory& where);
/// By the id of a session, or all of a user.
int close_sessions(const data_directory& where, const std::string& id, const std::string& user);
int set_log_level(const data_directory& where, const std::string& level);
int drain(const data_directory& where);

/// Copies log, accounts and stored views, each as of one moment, while the service runs or not.
int back_up(const data_directory& where, const std::string& to);

/// Puts a backup into a data directory that has no store yet, and checks every record there.
int restore(const data_directory& where, const std::string& from);

} // namespace btpay::admin_tool
