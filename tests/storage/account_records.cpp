/// The bytes of accounts, sessions and tokens, as they are on disks out there. A failure here means that accounts of
/// older versions would be read differently: raise the version instead, and add files of the new one.

#include "storage/account_records.hpp"

#include "storage/account_store.hpp"
#include "storage/credentials.hpp"
#include "storage/lmdb.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace btpay;
using namespace btpay::testing;

namespace {

const instant expires = *parse_rfc3339("2026-02-04T14:35:27.123456Z");
const instant an_hour_before = expires - std::chrono::hours{1};
constexpr user_id somebody{0x1112131415161718};
constexpr const char* hash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA";

std::string golden(const std::string& record, int version) {
  const auto name = record + ".v" + std::to_string(version) + ".bin";
  std::ifstream file{std::filesystem::path{BTPAY_GOLDEN_DIR} / "accounts" / name, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  REQUIRE(!bytes.empty());
  return bytes;
}

template <class Record>
Record read(const std::string& record, int version) {
  const auto bytes = golden(record, version);
  const auto made = from_bytes<Record>(bytes);
  REQUIRE(made);
  for (std::size_t kept = 0; kept < bytes.size(); ++kept)
    CHECK_FALSE(from_bytes<Record>(std::string_view(bytes).substr(0, kept)));
  CHECK_FALSE(from_bytes<Record>(bytes + '\0'));
  return *made;
}

/// What a store of format version 1 holds: one account, a session and a token of it.
void write_old_store(const std::filesystem::path& dir, const std::string& cookie, const std::string& token) {
  auto opened = lmdb::environment::open(dir);
  REQUIRE(opened);
  auto& env = *opened;
  const auto users = env.open_database("users", lmdb::key_order::integers);
  const auto names = env.open_database("names", lmdb::key_order::bytes);
  const auto sessions = env.open_database("sessions", lmdb::key_order::bytes);
  const auto tokens = env.open_database("tokens", lmdb::key_order::bytes);
  REQUIRE((users && names && sessions && tokens));
  const auto key = [](const auto& bytes) { return std::string_view(bytes.data(), bytes.size()); };
  const auto id = raw(somebody);
  const auto cookie_key = digest_of_secret(cookie);
  const auto token_key = digest_of_secret(token);
  REQUIRE(env.update([&](lmdb::write_transaction& txn) -> result<void> {
    auto done = txn.put(*users, id, golden("account", 1));
    if (done)
      done = txn.put(*names, "ana", {reinterpret_cast<const char*>(&id), sizeof id});
    if (done)
      done = txn.put(*sessions, key(cookie_key), golden("session", 1));
    if (done)
      done = txn.put(*tokens, key(token_key), golden("token", 1));
    return done;
  }));
}

} // namespace

TEST_CASE("an account of every version is read, with what it lacks as it was meant then") {
  for (int version = 1; version <= 3; ++version) {
    CAPTURE(version);
    const auto read_back = read<stored_account>("account", version);
    CHECK(read_back.name == "ana");
    CHECK(read_back.zone == "Europe/London");
    CHECK(read_back.home.code() == "GBP");
    CHECK(read_back.password_hash == hash);
    CHECK(read_back.disabled == (version >= 2));
    CHECK(read_back.role == (version >= 3 ? account_role::admin : account_role::member));
  }
}

TEST_CASE("a session of every version is read, with what it lacks as it was meant then") {
  for (int version = 1; version <= 3; ++version) {
    CAPTURE(version);
    const auto read_back = read<stored_session>("session", version);
    CHECK(read_back.user == somebody);
    CHECK(read_back.expires == expires);
    CHECK(read_back.opened == (version >= 2 ? an_hour_before : instant{}));
  }
}

TEST_CASE("a token of every version is read, with what it lacks as it was meant then") {
  for (int version = 1; version <= 3; ++version) {
    CAPTURE(version);
    const auto read_back = read<stored_token>("token", version);
    CHECK(read_back.scopes == static_cast<std::uint8_t>(scope::admin));
    CHECK(read_back.user == somebody);
    CHECK(read_back.expires == (version >= 2 ? std::optional{expires} : std::nullopt));
    CHECK(read_back.made == (version >= 2 ? an_hour_before : instant{}));
  }
}

TEST_CASE("what is written has the bytes of the newest version") {
  const stored_account account{.name = "ana",
                               .zone = "Europe/London",
                               .home = *currency::parse("GBP"),
                               .password_hash = hash,
                               .disabled = true,
                               .role = account_role::admin};
  CHECK(to_bytes(account) == golden("account", account_record_version));
  CHECK(to_bytes(stored_session{.user = somebody, .expires = expires, .opened = an_hour_before}) ==
        golden("session", account_record_version));
  CHECK(to_bytes(stored_token{.scopes = 2, .user = somebody, .expires = expires, .made = an_hour_before}) ==
        golden("token", account_record_version));
}

TEST_CASE("an account of a newer version, or with a role that there is not, is refused") {
  auto newer = golden("account", 3);
  newer[0] = account_record_version + 1;
  CHECK(from_bytes<stored_account>(newer).error().code == errc::unsupported_version);
  auto strange = golden("account", 3);
  strange.back() = 2;
  CHECK(from_bytes<stored_account>(strange).error().code == errc::corrupt_record);
}

TEST_CASE("a store of version 1 serves as before, and takes what is new") {
  const temp_dir dir;
  const std::string cookie(43, 'c');
  const std::string token(43, 't');
  write_old_store(dir.path(), cookie, token);
  const auto store = account_store::open(dir.path());
  REQUIRE(store);
  const auto ana = (*store)->find_user("ana");
  REQUIRE(ana);
  CHECK(ana->id == somebody);
  CHECK_FALSE(ana->disabled);
  CHECK(ana->role == account_role::member);
  CHECK((*store)->find_session(cookie, an_hour_before)->id == somebody);
  CHECK_FALSE((*store)->find_session(cookie, expires));
  const auto grant = (*store)->find_token(token, end_of_time); // it never expires
  REQUIRE(grant);
  CHECK(grant->allows(scope::admin));
  CHECK(grant->user == somebody);
  CHECK((*store)->all_sessions(an_hour_before)->size() == 1);
  CHECK((*store)->all_tokens()->size() == 1);
  REQUIRE((*store)->set_profile("ana", {}, {}, account_role::admin));
  CHECK((*store)->find_session(cookie, an_hour_before)->role == account_role::admin);
  CHECK((*store)->find_user("ana")->zone == "Europe/London");
}
