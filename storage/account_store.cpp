#include "storage/account_store.hpp"

#include "domain/calendar.hpp"
#include "storage/account_database.hpp"
#include "storage/credentials.hpp"

#include <algorithm>
#include <atomic>
#include <tuple>
#include <utility>

namespace btpay {

namespace {

constexpr std::uint8_t all_scopes = [] {
  std::uint8_t all = 0;
  for (const auto each : every_scope)
    all = static_cast<std::uint8_t>(all | static_cast<std::uint8_t>(each));
  return all;
}();

/// After how many new sessions the expired ones are looked for.
constexpr std::uint64_t sessions_per_sweep = 64;

/// The stored form of a password; an empty one matches nothing.
result<std::string> hash_unless_empty(std::string_view password) {
  return password.empty() ? result<std::string>{} : hash_password(password);
}

token_grant grant_of(const stored_token& t) { return {.scopes = t.scopes, .user = t.user, .expires = t.expires}; }

} // namespace

std::string_view to_string(account_role role) noexcept { return role == account_role::admin ? "admin" : "member"; }

result<account_role> parse_role(std::string_view text) {
  for (const auto role : {account_role::member, account_role::admin})
    if (to_string(role) == text)
      return role;
  return refuse(errc::invalid_value, "`" + std::string{text} + "` is no role: use member or admin");
}

std::string_view to_string(scope s) noexcept {
  switch (s) {
  case scope::ingest:
    return "ingest";
  case scope::admin:
    return "admin";
  case scope::metrics:
    return "metrics";
  }
  return "";
}

result<scope> parse_scope(std::string_view text) {
  for (const auto s : every_scope)
    if (to_string(s) == text)
      return s;
  return refuse(errc::invalid_value, "`" + std::string{text} + "` is no scope: use ingest, admin or metrics");
}

struct account_store::impl {
  account_database database;

  /// The latest time that we were told; what had expired then may go.
  std::atomic<instant> latest_now{instant::min()};
  std::atomic<std::uint64_t> sessions_opened{0};

  explicit impl(account_database d) noexcept : database{std::move(d)} {}

  const lmdb::environment& env() const noexcept { return database.env(); }
  void learn_time(instant now) noexcept {
    auto latest = latest_now.load();
    while (latest < now && !latest_now.compare_exchange_weak(latest, now)) {
    }
  }
};

account_store::account_store(std::unique_ptr<impl> i) : impl_{std::move(i)} {}
account_store::~account_store() = default;

result<std::unique_ptr<account_store>> account_store::open(const std::filesystem::path& dir) {
  return account_database::open(dir).map([](account_database opened) {
    return std::unique_ptr<account_store>{new account_store{std::make_unique<impl>(std::move(opened))}};
  });
}

// -- accounts ---------------------------------------------------------------------------------------------------------

result<account> account_store::add_user(std::string_view name, std::string_view password, std::string_view zone,
                                        currency home, account_role role) {
  if (!is_account_name(name))
    return refuse(errc::invalid_value, "a name has 1 to 64 characters of A-Z a-z 0-9 . _ @ -");
  if (const auto known_zone = calendar::of_zone(zone); !known_zone)
    return tl::unexpected{known_zone.error()};
  auto hash = hash_unless_empty(password); // outside of the transaction, which others wait for
  if (!hash)
    return tl::unexpected{std::move(hash.error())};
  const stored_account stored{.name = std::string{name},
                              .zone = std::string{zone},
                              .home = home,
                              .password_hash = std::move(*hash),
                              .role = role};
  return impl_->env().update([&](lmdb::write_transaction& txn) { return impl_->database.add(txn, stored); });
}

result<void> account_store::set_password(std::string_view name, std::string_view password) {
  auto hash = hash_unless_empty(password);
  if (!hash)
    return tl::unexpected{std::move(hash.error())};
  return impl_->env().update([&](lmdb::write_transaction& txn) -> result<void> {
    auto found = impl_->database.find(txn, name);
    if (!found)
      return tl::unexpected{std::move(found.error())};
    found->stored.password_hash = std::move(*hash);
    auto done = impl_->database.replace(txn, *found);
    if (!done)
      return done;
    return impl_->database.remove_sessions(txn,
                                           [&](std::uint64_t, const stored_session& s) { return s.user == found->id; });
  });
}

result<account> account_store::set_disabled(std::string_view name, bool disabled) {
  return impl_->env().update([&](lmdb::write_transaction& txn) -> result<account> {
    auto found = impl_->database.find(txn, name);
    if (!found)
      return tl::unexpected{std::move(found.error())};
    found->stored.disabled = disabled;
    auto done = impl_->database.replace(txn, *found);
    if (done && disabled)
      done = impl_->database.remove_sessions(
          txn, [&](std::uint64_t, const stored_session& s) { return s.user == found->id; });
    return done.map([&] { return found->visible(); });
  });
}

result<account> account_store::set_profile(std::string_view name, std::optional<std::string_view> zone,
                                           std::optional<currency> home, std::optional<account_role> role) {
  if (zone)
    if (const auto known = calendar::of_zone(*zone); !known)
      return tl::unexpected{known.error()};
  return impl_->env().update([&](lmdb::write_transaction& txn) -> result<account> {
    auto found = impl_->database.find(txn, name);
    if (!found)
      return tl::unexpected{std::move(found.error())};
    if (zone)
      found->stored.zone = *zone;
    if (home)
      found->stored.home = *home;
    if (role)
      found->stored.role = *role;
    if (auto done = impl_->database.replace(txn, *found); !done)
      return tl::unexpected{std::move(done.error())};
    return found->visible();
  });
}

result<account> account_store::find_user(std::string_view name) const {
  return impl_->env().view([&](const lmdb::transaction& txn) {
    return impl_->database.find(txn, name).map([](const identified_account& found) { return found.visible(); });
  });
}

result<account> account_store::find_user(user_id id) const {
  return impl_->env().view([&](const lmdb::transaction& txn) {
    return impl_->database.find(txn, id).map([](const identified_account& found) { return found.visible(); });
  });
}

result<std::vector<account>> account_store::all_users() const {
  return impl_->env().view([&](const lmdb::transaction& txn) { return impl_->database.all(txn); });
}

result<account> account_store::check_password(std::string_view name, std::string_view password) const {
  const auto found = impl_->env().view([&](const lmdb::transaction& txn) { return impl_->database.find(txn, name); });
  if (!found && found.error().code != errc::unknown_user)
    return tl::unexpected{found.error()};
  const bool has_password = found && !found->stored.password_hash.empty();
  const bool right = has_password ? verify_password(found->stored.password_hash, password) //
                                  : verify_no_password(password);
  if (!right || found->stored.disabled)
    return refuse(errc::unauthenticated, "the name or the password is wrong");
  return found->visible();
}

// -- sessions ---------------------------------------------------------------------------------------------------------

result<std::string> account_store::open_session(user_id user, instant expires, instant now) {
  const bool sweep = ++impl_->sessions_opened % sessions_per_sweep == 0;
  return impl_->env().update([&](lmdb::write_transaction& txn) -> result<std::string> {
    if (const auto known = impl_->database.find(txn, user); !known)
      return tl::unexpected{known.error()};
    auto cookie = make_secret();
    auto done = impl_->database.add_session(txn, cookie, {.user = user, .expires = expires, .opened = now});
    if (done && sweep) {
      const instant latest = impl_->latest_now;
      done = impl_->database.remove_sessions(
          txn, [latest](std::uint64_t, const stored_session& s) { return s.expires <= latest; });
    }
    return done.map([&] { return std::move(cookie); });
  });
}

result<account> account_store::find_session(std::string_view cookie, instant now, instant* expires) const {
  impl_->learn_time(now);
  return impl_->env().view([&](const lmdb::transaction& txn) -> result<account> {
    const auto found = impl_->database.find_session(txn, cookie);
    if (!found)
      return tl::unexpected{found.error()};
    if (!*found || (*found)->expires <= now)
      return refuse(errc::unauthenticated, "there is no such session, or it has expired: log in");
    if (expires)
      *expires = (*found)->expires;
    auto who = impl_->database.find(txn, (*found)->user);
    if (who && who->stored.disabled)
      return refuse(errc::unauthenticated, "the account is disabled: ask who runs this service");
    return who.map([](const identified_account& a) { return a.visible(); });
  });
}

result<void> account_store::close_session(std::string_view cookie) {
  return impl_->env().update([&](lmdb::write_transaction& txn) { return impl_->database.remove_session(txn, cookie); });
}

result<void> account_store::close_sessions(user_id user) {
  return impl_->env().update([&](lmdb::write_transaction& txn) {
    return impl_->database.remove_sessions(txn,
                                           [user](std::uint64_t, const stored_session& s) { return s.user == user; });
  });
}

result<user_id> account_store::close_session(std::uint64_t id) {
  return impl_->env().update([&](lmdb::write_transaction& txn) -> result<user_id> {
    std::optional<user_id> whose;
    const auto done = impl_->database.remove_sessions(txn, [&](std::uint64_t candidate, const stored_session& s) {
      if (candidate == id)
        whose = s.user;
      return candidate == id;
    });
    if (!done)
      return tl::unexpected{done.error()};
    if (!whose)
      return refuse(errc::unknown_item, "there is no session with that id");
    return *whose;
  });
}

result<std::vector<listed_session>> account_store::all_sessions(instant now) const {
  std::vector<listed_session> all;
  const auto looked = impl_->env().view([&](const lmdb::transaction& txn) {
    return impl_->database.each_session(txn, [&](std::uint64_t id, const stored_session& s) {
      if (s.expires > now)
        all.push_back({id, s.user, s.opened, s.expires});
    });
  });
  if (!looked)
    return tl::unexpected{looked.error()};
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return std::tuple(raw(a.user), a.opened, a.id) < std::tuple(raw(b.user), b.opened, b.id);
  });
  return all;
}

// -- tokens -----------------------------------------------------------------------------------------------------------

result<std::string> account_store::create_token(std::uint8_t scopes, std::optional<user_id> user,
                                                std::optional<instant> expires, instant now) {
  if (scopes == 0 || (scopes & ~all_scopes) != 0)
    return refuse(errc::invalid_value, "a token needs a scope: ingest, metrics or admin");
  if (expires && *expires <= now)
    return refuse(errc::invalid_value, "the token would have expired already");
  return impl_->env().update([&](lmdb::write_transaction& txn) -> result<std::string> {
    if (user)
      if (const auto known = impl_->database.find(txn, *user); !known)
        return tl::unexpected{known.error()};
    auto token = make_secret();
    return impl_->database.add_token(txn, token, {.scopes = scopes, .user = user, .expires = expires, .made = now})
        .map([&] { return std::move(token); });
  });
}

result<token_grant> account_store::find_token(std::string_view token, instant now) const {
  return impl_->env().view([&](const lmdb::transaction& txn) -> result<token_grant> {
    const auto found = impl_->database.find_token(txn, token);
    if (!found)
      return tl::unexpected{found.error()};
    if (!*found || ((*found)->expires && *(*found)->expires <= now))
      return refuse(errc::unauthenticated,
                    "there is no such token, or it has expired: create one with `btpay-admin token create`");
    if ((*found)->user) {
      const auto who = impl_->database.find(txn, *(*found)->user);
      if (!who)
        return tl::unexpected{who.error()};
      if (who->stored.disabled)
        return refuse(errc::unauthenticated, "the account of the token is disabled");
    }
    return grant_of(**found);
  });
}

result<token_grant> account_store::revoke_token(std::uint64_t id) {
  return impl_->env().update([&](lmdb::write_transaction& txn) -> result<token_grant> {
    std::optional<token_grant> revoked;
    const auto done = impl_->database.remove_tokens(txn, [&](std::uint64_t candidate, const stored_token& t) {
      if (candidate == id)
        revoked = grant_of(t);
      return candidate == id;
    });
    if (!done)
      return tl::unexpected{done.error()};
    if (!revoked)
      return refuse(errc::unknown_item, "there is no token with that id: `btpay-admin token list` shows them");
    return *revoked;
  });
}

result<std::vector<listed_token>> account_store::all_tokens() const {
  std::vector<listed_token> all;
  const auto looked = impl_->env().view([&](const lmdb::transaction& txn) {
    return impl_->database.each_token(txn, [&](std::uint64_t id, const stored_token& t) {
      all.push_back({id, grant_of(t), t.made});
    });
  });
  if (!looked)
    return tl::unexpected{looked.error()};
  std::ranges::sort(all,
                    [](const auto& a, const auto& b) { return std::tuple(a.made, a.id) < std::tuple(b.made, b.id); });
  return all;
}

} // namespace btpay
