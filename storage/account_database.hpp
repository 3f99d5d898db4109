#pragma once
/// The LMDB environment behind the account store: its databases and what is done inside one transaction. Part of the
/// format: names, keys and values stay readable. Any thread, any number of processes.

#include "storage/account_records.hpp"
#include "storage/lmdb.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace btpay {

struct identified_account {
  user_id id{};
  stored_account stored;

  /// What others may know.
  account visible() const {
    return {.id = id,
            .name = stored.name,
            .zone = stored.zone,
            .home = stored.home,
            .disabled = stored.disabled,
            .role = stored.role};
  }
};

class account_database {
public:
  static result<account_database> open(const std::filesystem::path& dir);

  const lmdb::environment& env() const noexcept { return env_; }

  /// These fail with `unknown_user` where there is none.
  result<identified_account> find(const lmdb::transaction&, std::string_view name) const;
  result<identified_account> find(const lmdb::transaction&, user_id id) const;
  result<std::vector<account>> all(const lmdb::transaction&) const;

  /// Gives it the next id. Fails with `already_exists`.
  result<account> add(lmdb::write_transaction&, const stored_account&) const;
  /// With the id that it has. Fails with `already_exists`, of the name or the id.
  result<void> add_as(lmdb::write_transaction&, const identified_account&) const;
  result<void> replace(lmdb::write_transaction&, const identified_account&) const;

  /// Sessions and tokens are found by the secret, of which only the digest is kept.
  result<std::optional<stored_session>> find_session(const lmdb::transaction&, std::string_view cookie) const;
  result<void> add_session(lmdb::write_transaction&, std::string_view cookie, const stored_session&) const;
  result<void> remove_session(lmdb::write_transaction&, std::string_view cookie) const;
  /// Looks at every session; the number is its id.
  using session_choice = std::function<bool(std::uint64_t id, const stored_session&)>;
  result<void> remove_sessions(lmdb::write_transaction&, const session_choice& which) const;
  result<void> each_session(const lmdb::transaction&,
                            const std::function<void(std::uint64_t id, const stored_session&)>& call) const;

  result<std::optional<stored_token>> find_token(const lmdb::transaction&, std::string_view token) const;
  result<void> add_token(lmdb::write_transaction&, std::string_view token, const stored_token&) const;
  /// Looks at every token.
  using token_choice = std::function<bool(std::uint64_t id, const stored_token&)>;
  result<void> remove_tokens(lmdb::write_transaction&, const token_choice& which) const;
  result<void> each_token(const lmdb::transaction&,
                          const std::function<void(std::uint64_t id, const stored_token&)>& call) const;

private:
  explicit account_database(lmdb::environment env) noexcept : env_{std::move(env)} {}
  result<void> open_databases();

  lmdb::environment env_;
  lmdb::database users_;    ///< id -> stored_account
  lmdb::database names_;    ///< name -> id
  lmdb::database sessions_; ///< digest of the cookie -> stored_session
  lmdb::database tokens_;   ///< digest of the token -> stored_token
};

/// 1 to 64 bytes of [A-Za-z0-9._@-].
bool is_account_name(std::string_view name) noexcept;

} // namespace btpay
