#pragma once
/// Accounts that come from another store.

#include "storage/account_store.hpp"

#include <filesystem>
#include <vector>

namespace btpay {

/// Adds accounts to the environment `dir` with the ids, names, profiles and roles that they had, without passwords: all
/// of them or none. Fails with `already_exists` where an id or a name is taken. Not while this process has `dir` open.
result<void> import_accounts(const std::filesystem::path& dir, const std::vector<account>& known);

} // namespace btpay
