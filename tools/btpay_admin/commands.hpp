#pragma once
/// The commands of btpay-admin. Each returns the program's exit code and reports errors on stderr.

#include "tools/common/data_directory.hpp"

#include <string>

namespace btpay::admin_tool {

inline constexpr const char* program = "btpay-admin";

struct user_options {
  std::string name;
  std::string password; ///< empty: nobody can log in yet
  std::string zone = "Europe/Bucharest";
  std::string home_currency = "RON";
};
int add_user(const data_directory& where, const user_options& options);

struct token_options {
  std::string scopes; ///< names, with commas between them
  std::string user;   ///< empty for a token that may write for all
};
/// Prints the token alone.
int create_token(const data_directory& where, const token_options& options);

/// Copies log, accounts and stored views, each as of one moment, while the service runs or not.
int back_up(const data_directory& where, const std::string& to);

/// Puts a backup into a data directory that has no store yet, and checks every record there.
int restore(const data_directory& where, const std::string& from);

} // namespace btpay::admin_tool
