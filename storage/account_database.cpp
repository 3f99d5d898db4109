#include "storage/account_database.hpp"

#include "storage/credentials.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t name_bytes_max = 64;

std::string_view bytes_of(const secret_digest& digest) noexcept { return {digest.data(), digest.size()}; }
std::string_view bytes_of(const user_id& id) noexcept { return {reinterpret_cast<const char*>(&id), sizeof id}; }

template <class Record>
result<std::optional<Record>> find_by_secret(const lmdb::transaction& txn, lmdb::database in, std::string_view secret) {
  const auto digest = digest_of_secret(secret);
  const auto found = txn.get(in, bytes_of(digest));
  if (!found)
    return tl::unexpected{found.error()};
  if (!*found)
    return std::nullopt;
  return from_bytes<Record>(**found).map([](Record record) { return std::optional{std::move(record)}; });
}

template <class Record>
result<void> add_by_secret(lmdb::write_transaction& txn, lmdb::database into, std::string_view secret,
                           const Record& record) {
  const auto digest = digest_of_secret(secret);
  return txn.put(into, bytes_of(digest), to_bytes(record));
}

/// `at` gets the cursor too, which stands at the record.
template <class Record, class At>
result<void> walk(const lmdb::transaction& txn, lmdb::database in, At at) {
  auto cursor = txn.open_cursor(in);
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  auto found = cursor->first();
  for (; found && *found; found = cursor->next()) {
    const auto record = from_bytes<Record>((*found)->value);
    if (!record)
      return tl::unexpected{record.error()};
    if (auto done = at(*cursor, id_of_digest((*found)->key), *record); !done)
      return done;
  }
  return found.map([](const auto&) {});
}

template <class Record>
result<void> remove_those(lmdb::write_transaction& txn, lmdb::database in,
                          const std::function<bool(std::uint64_t, const Record&)>& which) {
  return walk<Record>(txn, in, [&](lmdb::cursor& cursor, std::uint64_t id, const Record& record) -> result<void> {
    if (which(id, record))
      return cursor.erase();
    return {};
  });
}

template <class Record>
result<void> look_at_each(const lmdb::transaction& txn, lmdb::database in,
                          const std::function<void(std::uint64_t, const Record&)>& call) {
  return walk<Record>(txn, in, [&](lmdb::cursor&, std::uint64_t id, const Record& record) -> result<void> {
    call(id, record);
    return {};
  });
}

} // namespace

bool is_account_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '@' || c == '-';
  };
  return !name.empty() && name.size() <= name_bytes_max && std::all_of(name.begin(), name.end(), allowed);
}

result<account_database> account_database::open(const std::filesystem::path& dir) {
  auto env = lmdb::environment::open(dir);
  if (!env)
    return tl::unexpected{std::move(env.error())};
  account_database made{std::move(*env)};
  if (auto opened = made.open_databases(); !opened)
    return tl::unexpected{std::move(opened.error())};
  return made;
}

result<void> account_database::open_databases() {
  const auto open_into = [this](lmdb::database& into, const char* name, lmdb::key_order order) {
    return env_.open_database(name, order).map([&into](lmdb::database opened) { into = opened; });
  };
  auto opened = open_into(users_, "users", lmdb::key_order::integers);
  if (opened)
    opened = open_into(names_, "names", lmdb::key_order::bytes);
  if (opened)
    opened = open_into(sessions_, "sessions", lmdb::key_order::bytes);
  if (opened)
    opened = open_into(tokens_, "tokens", lmdb::key_order::bytes);
  return opened;
}

// -- accounts ---------------------------------------------------------------------------------------------------------

result<identified_account> account_database::find(const lmdb::transaction& txn, std::string_view name) const {
  if (!is_account_name(name)) // LMDB refuses empty and long keys in its own words
    return refuse(errc::unknown_user, "no account has such a name");
  const auto found = txn.get(names_, name);
  if (!found)
    return tl::unexpected{found.error()};
  if (!*found)
    return refuse(errc::unknown_user, "there is no account `" + std::string{name} + "`");
  user_id id{};
  if ((*found)->size() != sizeof id)
    return refuse(errc::corrupt_record, "the account `" + std::string{name} + "` is damaged: restore a backup");
  std::memcpy(&id, (*found)->data(), sizeof id);
  return find(txn, id);
}

result<identified_account> account_database::find(const lmdb::transaction& txn, user_id id) const {
  const auto found = txn.get(users_, raw(id));
  if (!found)
    return tl::unexpected{found.error()};
  if (!*found)
    return refuse(errc::unknown_user, "there is no account with the id " + std::to_string(raw(id)));
  return from_bytes<stored_account>(**found).map(
      [id](stored_account stored) { return identified_account{.id = id, .stored = std::move(stored)}; });
}

result<std::vector<account>> account_database::all(const lmdb::transaction& txn) const {
  auto cursor = txn.open_cursor(users_);
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  std::vector<account> accounts;
  auto found = cursor->first();
  for (; found && *found; found = cursor->next()) {
    auto stored = from_bytes<stored_account>((*found)->value);
    if (!stored)
      return tl::unexpected{std::move(stored.error())};
    const user_id id{lmdb::integer_key(**found)};
    accounts.push_back(identified_account{.id = id, .stored = std::move(*stored)}.visible());
  }
  if (!found)
    return tl::unexpected{std::move(found.error())};
  return accounts;
}

result<account> account_database::add(lmdb::write_transaction& txn, const stored_account& stored) const {
  auto cursor = txn.open_cursor(users_);
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  const auto last = cursor->last();
  if (!last)
    return tl::unexpected{last.error()};
  // Accounts are never removed, so the last id is the highest ever given.
  const identified_account added{.id = user_id{(*last ? lmdb::integer_key(**last) : 0) + 1}, .stored = stored};
  return add_as(txn, added).map([&] { return added.visible(); });
}

result<void> account_database::add_as(lmdb::write_transaction& txn, const identified_account& added) const {
  const auto before = find(txn, added.stored.name);
  if (before)
    return refuse(errc::already_exists, "there is an account `" + added.stored.name + "` already: choose another name");
  if (before.error().code != errc::unknown_user)
    return tl::unexpected{before.error()};
  const auto same_id = txn.get(users_, raw(added.id));
  if (!same_id)
    return tl::unexpected{same_id.error()};
  if (*same_id)
    return refuse(errc::already_exists,
                  "there is an account with the id " + std::to_string(raw(added.id)) + " already");
  auto done = txn.put(names_, added.stored.name, bytes_of(added.id));
  if (done)
    done = replace(txn, added);
  return done;
}

result<void> account_database::replace(lmdb::write_transaction& txn, const identified_account& changed) const {
  return txn.put(users_, raw(changed.id), to_bytes(changed.stored));
}

// -- sessions and tokens ----------------------------------------------------------------------------------------------

result<std::optional<stored_session>> account_database::find_session(const lmdb::transaction& txn,
                                                                     std::string_view cookie) const {
  return find_by_secret<stored_session>(txn, sessions_, cookie);
}

result<void> account_database::add_session(lmdb::write_transaction& txn, std::string_view cookie,
                                           const stored_session& session) const {
  return add_by_secret(txn, sessions_, cookie, session);
}

result<void> account_database::remove_session(lmdb::write_transaction& txn, std::string_view cookie) const {
  const auto digest = digest_of_secret(cookie);
  return txn.erase(sessions_, bytes_of(digest)).map([](bool) {});
}

result<void> account_database::remove_sessions(lmdb::write_transaction& txn, const session_choice& which) const {
  return remove_those<stored_session>(txn, sessions_, which);
}

result<void>
account_database::each_session(const lmdb::transaction& txn,
                               const std::function<void(std::uint64_t, const stored_session&)>& call) const {
  return look_at_each<stored_session>(txn, sessions_, call);
}

result<std::optional<stored_token>> account_database::find_token(const lmdb::transaction& txn,
                                                                 std::string_view token) const {
  return find_by_secret<stored_token>(txn, tokens_, token);
}

result<void> account_database::add_token(lmdb::write_transaction& txn, std::string_view token,
                                         const stored_token& stored) const {
  return add_by_secret(txn, tokens_, token, stored);
}

result<void> account_database::remove_tokens(lmdb::write_transaction& txn, const token_choice& which) const {
  return remove_those<stored_token>(txn, tokens_, which);
}

result<void> account_database::each_token(const lmdb::transaction& txn,
                                          const std::function<void(std::uint64_t, const stored_token&)>& call) const {
  return look_at_each<stored_token>(txn, tokens_, call);
}

} // namespace btpay
