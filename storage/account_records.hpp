#pragma once
/// What the accounts' environment holds, and its bytes: one byte of version, then the members as in an event's body.

#include "storage/account_store.hpp"
#include "storage/body_archive.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

constexpr auto last_of(account_role) noexcept { return account_role::admin; }

struct stored_account {
  std::string name;
  std::string zone;
  currency home;
  std::string password_hash;                ///< empty: nobody can log in
  bool disabled = false;                    ///< since version 2
  account_role role = account_role::member; ///< since version 3
};

struct stored_session {
  user_id user{};
  instant expires{};
  instant opened{}; ///< since version 2
};

struct stored_token {
  std::uint8_t scopes = 0;
  std::optional<user_id> user;
  std::optional<instant> expires; ///< since version 2
  instant made{};                 ///< since version 2
};

template <class Body>
void members(Body& body, maybe_const<stored_account> auto& a, std::uint8_t version) {
  body(a.name, a.zone, a.home, a.password_hash);
  if (version >= 2)
    body(a.disabled);
  if (version >= 3)
    body(a.role);
}
template <class Body>
void members(Body& body, maybe_const<stored_session> auto& s, std::uint8_t version) {
  body(s.user, s.expires);
  if (version >= 2)
    body(s.opened);
}
template <class Body>
void members(Body& body, maybe_const<stored_token> auto& t, std::uint8_t version) {
  body(t.scopes, t.user);
  if (version >= 2)
    body(t.expires, t.made);
}

/// What is written. Older versions are read; what they lack is as above.
inline constexpr std::uint8_t account_record_version = 3;

template <class Record>
std::string to_bytes(const Record& record) {
  body_writer body;
  body.restart(0);
  body(account_record_version);
  members(body, record, account_record_version);
  return {body.bytes().begin(), body.bytes().end()};
}

/// Total: refuses with `corrupt_record` or `unsupported_version`.
template <class Record>
result<Record> from_bytes(std::string_view bytes) {
  body_reader body;
  body.read_from(bytes);
  try {
    std::uint8_t version = 0;
    body(version);
    if (version == 0 || version > account_record_version)
      return refuse(errc::unsupported_version, "an account was written by a newer btpay: use that one");
    Record record;
    members(body, record, version);
    if (body.remaining_bytes() == 0)
      return record;
  } catch (const bad_body&) {
  } catch (const cereal::Exception&) {
  }
  return refuse(errc::corrupt_record, "an account, session or token is damaged: restore a backup of the accounts");
}

} // namespace btpay
