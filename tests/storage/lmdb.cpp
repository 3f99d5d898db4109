#include "storage/lmdb.hpp"

#include "storage/backup.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <sys/stat.h>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr std::size_t small_map_bytes = 1 << 20;

/// What `key` holds, or `(none)`.
std::string text_at(const lmdb::environment& env, lmdb::database in, std::string_view key) {
  const auto text = env.view([&](const lmdb::transaction& txn) -> result<std::string> {
    const auto found = txn.get(in, key);
    if (!found)
      return tl::unexpected{found.error()};
    return std::string{found->value_or("(none)")};
  });
  REQUIRE(text);
  return *text;
}

result<void> put(const lmdb::environment& env, lmdb::database into, std::string_view key, std::string_view value) {
  return env.update([&](lmdb::write_transaction& txn) { return txn.put(into, key, value); });
}

} // namespace

TEST_CASE("what is committed is there after the environment is opened again") {
  const temp_dir dir;
  {
    auto env = lmdb::environment::open(dir.path() / "made" / "on" / "the" / "way");
    REQUIRE(env);
    const auto names = env->open_database("names", lmdb::key_order::bytes);
    REQUIRE(names);
    REQUIRE(put(*env, *names, "a", "1"));
  }
  auto env = lmdb::environment::open(dir.path() / "made" / "on" / "the" / "way", {.read_only = true});
  REQUIRE(env);
  const auto names = env->open_database("names", lmdb::key_order::bytes);
  REQUIRE(names);
  CHECK(text_at(*env, *names, "a") == "1");
}

TEST_CASE("a dropped or refused change leaves no trace") {
  const temp_dir dir;
  auto env = lmdb::environment::open(dir.path());
  REQUIRE(env);
  const auto names = env->open_database("names", lmdb::key_order::bytes);
  REQUIRE(names);
  {
    auto txn = env->write();
    REQUIRE(txn);
    REQUIRE(txn->put(*names, "a", "1"));
  }
  CHECK(text_at(*env, *names, "a") == "(none)");
  const auto refused = env->update([&](lmdb::write_transaction& txn) -> result<void> {
    REQUIRE(txn.put(*names, "a", "1"));
    return refuse(errc::forbidden, "no");
  });
  REQUIRE_FALSE(refused);
  CHECK(text_at(*env, *names, "a") == "(none)");
}

TEST_CASE("a reader keeps its snapshot while others write") {
  const temp_dir dir;
  auto env = lmdb::environment::open(dir.path());
  REQUIRE(env);
  const auto names = env->open_database("names", lmdb::key_order::bytes);
  REQUIRE(put(*env, *names, "a", "1"));
  const auto before = env->read();
  REQUIRE(before);
  REQUIRE(put(*env, *names, "a", "2"));
  CHECK(**before->get(*names, "a") == "1");
  CHECK(text_at(*env, *names, "a") == "2");
}

TEST_CASE("a cursor walks integer keys by value and erases on the way") {
  const temp_dir dir;
  auto env = lmdb::environment::open(dir.path());
  REQUIRE(env);
  const auto numbers = env->open_database("numbers", lmdb::key_order::integers);
  REQUIRE(env->update([&](lmdb::write_transaction& txn) -> result<void> {
    auto cursor = txn.open_cursor(*numbers);
    for (const std::uint64_t key : {2U, 255U, 256U, 70000U})
      REQUIRE(cursor->append(key, "x"));
    REQUIRE(lmdb::integer_key(**cursor->seek(3)) == 255);
    REQUIRE(cursor->erase());
    REQUIRE(lmdb::integer_key(**cursor->next()) == 256);
    REQUIRE(lmdb::integer_key(**cursor->first()) == 2);
    REQUIRE(lmdb::integer_key(**cursor->next()) == 256);
    REQUIRE(lmdb::integer_key(**cursor->last()) == 70000);
    REQUIRE_FALSE(*cursor->next());
    REQUIRE_FALSE(*cursor->seek(70001));
    return {};
  }));
}

TEST_CASE("a directory that this process has open is refused, by whatever name") {
  const temp_dir dir;
  auto first = lmdb::environment::open(dir.path());
  REQUIRE(first);
  std::filesystem::create_directory_symlink(dir.path(), dir.path() / "alias");
  const auto second = lmdb::environment::open(dir.path() / "alias", {.read_only = true});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::storage_failed);
  CHECK_THAT(second.error().message, Catch::Contains("open in this process already"));
  { const auto closed = std::move(*first); }
  CHECK(lmdb::environment::open(dir.path()));
}

TEST_CASE("what cannot be opened is refused with the path and what to do") {
  const temp_dir dir;
  const auto refusal_of = [](const std::filesystem::path& path, bool read_only) {
    const auto env = lmdb::environment::open(path, {.read_only = read_only});
    REQUIRE_FALSE(env);
    CHECK_THAT(env.error().message, Catch::Contains(path.string()));
    return env.error();
  };
  CHECK_THAT(refusal_of(dir.path() / "missing", true).message, Catch::Contains("check the path"));
  std::ofstream{dir.path() / "file"} << "text";
  CHECK(refusal_of(dir.path() / "file", false).code == errc::storage_failed);
  std::filesystem::create_directory(dir.path() / "foreign");
  std::ofstream{dir.path() / "foreign" / "data.mdb"} << std::string(10'000, 'x');
  CHECK_THAT(refusal_of(dir.path() / "foreign", false).message, Catch::Contains("damaged"));
  std::filesystem::create_directory(dir.path() / "empty");
  CHECK(refusal_of(dir.path() / "empty", true).code == errc::storage_failed);
}

TEST_CASE("a missing database is made, and refused where the environment is read-only") {
  const temp_dir dir;
  { REQUIRE(lmdb::environment::open(dir.path())->open_database("names", lmdb::key_order::bytes)); }
  auto env = lmdb::environment::open(dir.path(), {.read_only = true});
  REQUIRE(env);
  CHECK(env->open_database("names", lmdb::key_order::bytes));
  const auto other = env->open_database("others", lmdb::key_order::bytes);
  REQUIRE_FALSE(other);
  CHECK_THAT(other.error().message, Catch::Contains("others"));
  CHECK_FALSE(env->write());
}

TEST_CASE("a full map is told as no room, and later writes that fit go on") {
  const temp_dir dir;
  auto env = lmdb::environment::open(dir.path(), {.map_bytes = small_map_bytes});
  REQUIRE(env);
  const auto names = env->open_database("names", lmdb::key_order::bytes);
  REQUIRE(put(*env, *names, "a", "1"));
  const auto too_much = put(*env, *names, "b", std::string(2 * small_map_bytes, 'x'));
  REQUIRE_FALSE(too_much);
  CHECK(too_much.error().code == errc::storage_full);
  CHECK(text_at(*env, *names, "a") == "1");
  CHECK(text_at(*env, *names, "b") == "(none)");
  CHECK(put(*env, *names, "b", "2"));
}

TEST_CASE("the lock file has all of its blocks, so that a full disk cannot end the process that touches it") {
  const temp_dir dir;
  const auto env = lmdb::environment::open(dir.path());
  REQUIRE(env);
  struct stat info {};
  REQUIRE(::stat((dir.path() / "lock.mdb").c_str(), &info) == 0);
  CHECK(info.st_size > 0);
  CHECK(info.st_blocks * 512 >= info.st_size);
}

TEST_CASE("a backup opens and holds what was there, and never overwrites one") {
  const temp_dir dir;
  {
    auto env = lmdb::environment::open(dir.path() / "from");
    REQUIRE(env);
    const auto names = env->open_database("names", lmdb::key_order::bytes);
    REQUIRE(put(*env, *names, "a", "1"));
  }
  REQUIRE(back_up_environment(dir.path() / "from", dir.path() / "to"));
  const auto again = back_up_environment(dir.path() / "from", dir.path() / "to");
  REQUIRE_FALSE(again);
  CHECK_THAT(again.error().message, Catch::Contains("choose an empty directory"));
  auto copy = lmdb::environment::open(dir.path() / "to");
  REQUIRE(copy);
  CHECK(text_at(*copy, *copy->open_database("names", lmdb::key_order::bytes), "a") == "1");
}
