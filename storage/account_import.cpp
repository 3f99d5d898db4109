#include "storage/account_import.hpp"

#include "domain/calendar.hpp"
#include "storage/account_database.hpp"

namespace btpay {

result<void> import_accounts(const std::filesystem::path& dir, const std::vector<account>& known) {
  const auto database = account_database::open(dir);
  if (!database)
    return tl::unexpected{database.error()};
  return database->env().update([&](lmdb::write_transaction& txn) -> result<void> {
    for (const auto& one : known) {
      if (!is_account_name(one.name) || one.id == user_id{})
        return refuse(errc::invalid_value, "user " + std::to_string(raw(one.id)) + " has a name that no account may " +
                                               "have: 1 to 64 characters of A-Z a-z 0-9 . _ @ -");
      if (const auto zone = calendar::of_zone(one.zone); !zone)
        return tl::unexpected{zone.error()};
      const stored_account stored{.name = one.name,
                                  .zone = one.zone,
                                  .home = one.home,
                                  .password_hash = {},
                                  .disabled = one.disabled,
                                  .role = one.role};
      if (auto added = database->add_as(txn, {.id = one.id, .stored = stored}); !added)
        return added;
    }
    return {};
  });
}

} // namespace btpay
