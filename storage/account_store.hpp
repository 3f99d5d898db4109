#pragma once
/// Who may come in: accounts, browser sessions and bearer tokens, in an LMDB environment of their own (`accounts/`).
/// Any thread may call anything; writes are serialised by LMDB, and other processes may write too (`btpay-admin`).
/// Passwords are kept as libsodium's Argon2id strings, session and bearer tokens only as BLAKE2b digests.

#include "domain/errc.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/time.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// What an account may do: live with its own transactions, or operate the service too.
enum class account_role : std::uint8_t { member = 0, admin = 1 };
std::string_view to_string(account_role) noexcept;
result<account_role> parse_role(std::string_view);

struct account {
  user_id id{};
  std::string name; ///< 1 to 64 bytes of [A-Za-z0-9._@-]
  std::string zone; ///< IANA
  currency home;
  bool disabled = false; ///< nobody gets in as this user
  account_role role = account_role::member;
};

/// What a bearer token allows.
enum class scope : std::uint8_t { ingest = 1, admin = 2, metrics = 4 };
inline constexpr std::array every_scope{scope::ingest, scope::admin, scope::metrics};
std::string_view to_string(scope) noexcept;
result<scope> parse_scope(std::string_view);

struct token_grant {
  std::uint8_t scopes = 0;     ///< bits of `scope`
  std::optional<user_id> user; ///< bound to one user; else it may write for all

  std::optional<instant> expires = {};

  bool allows(scope s) const noexcept { return (scopes & static_cast<std::uint8_t>(s)) != 0; }
};

/// A browser session and a token, as operators see them: by the id of the secret, which does not tell it.
struct listed_session {
  std::uint64_t id = 0;
  user_id user{};
  instant opened{}; ///< the epoch where it is from before that was kept
  instant expires{};
};
struct listed_token {
  std::uint64_t id = 0;
  token_grant grant;
  instant made{};
};

class account_store {
public:
  /// Opens or makes the environment `dir`.
  static result<std::unique_ptr<account_store>> open(const std::filesystem::path& dir);
  ~account_store();

  /// Adds an account. `password` empty: nobody can log in to it until one is set. Costs the hash (about 0.1 s).
  result<account> add_user(std::string_view name, std::string_view password, std::string_view zone, currency home,
                           account_role role = account_role::member);
  /// Also ends every session of that user. Costs the hash.
  result<void> set_password(std::string_view name, std::string_view password);

  /// A disabled user cannot log in; sessions end, and tokens bound to the user grant nothing. Gives the user.
  result<account> set_disabled(std::string_view name, bool disabled);
  /// Changes what is given. Fails with `unknown_user`, and with what is wrong about the zone.
  result<account> set_profile(std::string_view name, std::optional<std::string_view> zone, std::optional<currency> home,
                              std::optional<account_role> role = {});

  result<account> find_user(std::string_view name) const; ///< fails with `unknown_user`
  result<account> find_user(user_id id) const;
  result<std::vector<account>> all_users() const;

  /// Costs the hash (about 0.1 s), for an unknown name too. Fails with `unauthenticated`. Call it on a thread that may
  /// block.
  result<account> check_password(std::string_view name, std::string_view password) const;

  /// A new browser session: gives the cookie's value (43 characters of base64url). Now and then also removes the
  /// sessions that had expired at the latest time that `find_session` was told.
  result<std::string> open_session(user_id user, instant expires, instant now = {});
  /// Whose session it is, where it has not expired. Microseconds; fails with `unauthenticated`.
  result<account> find_session(std::string_view cookie, instant now, instant* expires = nullptr) const;
  result<void> close_session(std::string_view cookie);
  /// Logs a user out everywhere. Costs a look at every session.
  result<void> close_sessions(user_id user);

  /// Ends one session, and gives whose it was. Fails with `unknown_item`. Costs a look at every session.
  result<user_id> close_session(std::uint64_t id);
  /// Those that have not expired, by user.
  result<std::vector<listed_session>> all_sessions(instant now) const;

  /// A new bearer token: gives its text, which is told only now.
  result<std::string> create_token(std::uint8_t scopes, std::optional<user_id> user,
                                   std::optional<instant> expires = {}, instant now = {});
  /// Fails with `unauthenticated`, also where the token has expired or its user is disabled.
  result<token_grant> find_token(std::string_view token, instant now) const;
  /// Gives what it granted. Fails with `unknown_item`.
  result<token_grant> revoke_token(std::uint64_t id);
  result<std::vector<listed_token>> all_tokens() const; ///< expired ones too

private:
  struct impl;
  explicit account_store(std::unique_ptr<impl>);
  std::unique_ptr<impl> impl_;
};

} // namespace btpay
