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
};
int add_user(const data_directory& where, const user_options& options);

struct profile_options {
  std::string name;
  std::optional<std::string> zone;          ///< absent: as it was
  std::optional<std::string> home_currency; ///< the same
};
int set_user(const data_directory& where, const profile_options& options);

/// Makes a running service read its rules again.
int reload(const data_directory& where);

struct token_options {
  std::string scopes; ///< names, with commas between them
  std::string user;   ///< empty for a token that may write for all
};
/// Prints the token alone.
int create_token(const data_directory& where, const token_options& options);

} // namespace btpay::admin_tool
