#pragma once
/// The users and tokens of a store as `GET /admin/users` and `GET /admin/tokens` answer them (docs/openapi.yaml): for
/// the running service, and for the tool that reads the store of a stopped one. Any thread; all fail as the store does.

#include "storage/account_store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace btpay {

/// The names of all users, as they were when it was made.
class user_names {
public:
  explicit user_names(const account_store& accounts);

  /// Null where there is no user, or none of that number.
  nlohmann::json of(std::optional<user_id> user) const;

private:
  std::unordered_map<std::uint64_t, std::string> names_;
};

/// RFC 3339, UTC; null for none, and for the beginning of time.
nlohmann::json time_or_null(std::optional<instant> when);

result<nlohmann::json> listed_users(const account_store& accounts);
result<nlohmann::json> listed_tokens(const account_store& accounts);

} // namespace btpay
