#include "storage/lmdb.hpp"

#include "storage/lost_pages.hpp"

#include <lmdb.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace btpay::lmdb {

namespace {

/// The threads that may read at the same moment; a reader keeps its place only while its transaction lives.
constexpr unsigned readers_max = 1024;

const char* path_of(MDB_env* env) noexcept {
  const char* path = "";
  mdb_env_get_path(env, &path);
  return path;
}

refusal failure(int code, const std::string& path) {
  const std::string why = std::string{" ("} + mdb_strerror(code) + ")";
  switch (code) {
  case MDB_MAP_FULL:
    return {errc::storage_full, "no room left in the map of " + path + why + ": open it with a larger one"};
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return {errc::storage_full, "no room left on the disk of " + path + why + ": free some, then try again"};
  case EROFS:
    return {errc::storage_failed, path + " is on a read-only file system" + why + ": mount it writable"};
  case EACCES:
  case EPERM:
    return {errc::storage_failed, "not allowed to use " + path + why + ": run as the owner of its files"};
  case ENOENT:
    return {errc::storage_failed, "no store at " + path + why + ": check the path"};
  case EEXIST:
    return {errc::storage_failed, path + " holds a store already" + why + ": choose an empty directory"};
  case ENOMEM:
    return {errc::storage_failed, "no address space to map " + path + why + ": raise `ulimit -v`"};
  case MDB_VERSION_MISMATCH:
    return {errc::unsupported_version, path + " was written by another LMDB" + why + ": open it with that one"};
  case MDB_INVALID:
  case MDB_CORRUPTED:
  case MDB_PAGE_NOTFOUND:
    return {errc::storage_failed, path + " is damaged or is no LMDB store" + why + ": restore a backup"};
  case MDB_PANIC:
    return {errc::storage_failed, path + " failed in the middle of a write" + why + ": restart the service"};
  case MDB_READERS_FULL:
    return {errc::storage_failed, "too many readers of " + path + why + ": end some processes that read it"};
  default:
    return {errc::storage_failed, "cannot use " + path + why};
  }
}

/// A full disk shows as EIO too: LMDB calls a short write that.
refusal write_failure(int code, const std::string& path) {
  auto why = failure(code, path);
  if (code == EIO)
    why = {errc::storage_full, "no room left on the disk of " + path + ", or it fails (" + mdb_strerror(code) +
                                   "): free some room or mend the disk, then try again"};
  return why;
}

tl::unexpected<refusal> failed(int code, MDB_env* env) { return tl::unexpected{failure(code, path_of(env))}; }

result<void> written(int code, MDB_env* env) {
  if (code != MDB_SUCCESS)
    return tl::unexpected{write_failure(code, path_of(env))};
  return {};
}

/// LMDB's values are not const, yet it only reads those of keys and of what is put.
MDB_val value_of(std::string_view bytes) noexcept { return {bytes.size(), const_cast<char*>(bytes.data())}; }
MDB_val value_of(const std::uint64_t& key) noexcept { return {sizeof key, const_cast<std::uint64_t*>(&key)}; }
std::string_view bytes_of(const MDB_val& value) noexcept {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

/// 0, or why not.
int sync_to_disk(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return errno;
  const int code = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  return code;
}

/// Makes an empty environment under another name and gives it its own when it is on the disk, so that no crash leaves
/// half of one. Another process may do the same: the first one's is kept. 0, or why not.
int make_durably(const std::filesystem::path& dir, std::size_t map_bytes) {
  auto pattern = (dir / "new.XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    return errno;
  const std::filesystem::path made{pattern};
  MDB_env* env = nullptr;
  int code = mdb_env_create(&env);
  if (!code)
    code = mdb_env_set_mapsize(env, map_bytes);
  if (!code)
    code = mdb_env_open(env, made.c_str(), MDB_NOLOCK, 0600);
  if (!code)
    code = mdb_env_sync(env, 1);
  if (env)
    mdb_env_close(env);
  if (!code && ::link((made / "data.mdb").c_str(), (dir / "data.mdb").c_str()) != 0 && errno != EEXIST)
    code = std::rename((made / "data.mdb").c_str(), (dir / "data.mdb").c_str()) == 0 ? 0 : errno; // no links there
  std::error_code ignored;
  std::filesystem::remove_all(made, ignored);
  if (!code)
    code = sync_to_disk(dir);
  if (!code)
    code = sync_to_disk(std::filesystem::absolute(dir).parent_path());
  return code;
}

/// LMDB makes the file of its locks and readers with holes and writes to it through its map, so on a full disk the
/// first touch of a hole would end the process. This gives it all of its blocks first. 0, or why there is no room; what
/// else may be wrong with the file is for LMDB to tell.
int reserve_lock_file(const std::filesystem::path& dir) {
  constexpr off_t bytes_per_reader = 64;
  constexpr off_t header_bytes_max = 4096;
  const int file = ::open((dir / "lock.mdb").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return 0;
  const int code = ::posix_fallocate(file, 0, header_bytes_max + readers_max * bytes_per_reader);
  ::close(file);
  return code == ENOSPC || code == EDQUOT || code == EFBIG ? code : 0;
}

/// The directories that this process has open. A second open would, when closed, drop the first one's file locks.
class open_directories {
public:
  using identity = std::pair<dev_t, ino_t>;

  bool add(identity id) {
    const std::lock_guard guard{mutex_};
    return ids_.insert(id).second;
  }
  void remove(identity id) {
    const std::lock_guard guard{mutex_};
    ids_.erase(id);
  }

private:
  std::mutex mutex_;
  std::set<identity> ids_;
};

open_directories& directories() {
  static open_directories all;
  return all;
}

} // namespace

std::uint64_t integer_key(const entry& e) noexcept {
  std::uint64_t key = 0;
  assert(e.key.size() == sizeof key);
  std::memcpy(&key, e.key.data(), sizeof key);
  return key;
}

// -- cursor -----------------------------------------------------------------------------------------------------------

cursor::~cursor() {
  if (handle_)
    mdb_cursor_close(handle_);
}

result<bool> cursor::go(int operation, std::string_view key, entry& into) {
  MDB_val found_key = value_of(key);
  MDB_val found{};
  const int code = mdb_cursor_get(handle_, &found_key, &found, static_cast<MDB_cursor_op>(operation));
  if (code == MDB_NOTFOUND)
    return false;
  if (code != MDB_SUCCESS)
    return failed(code, env_);
  into = {bytes_of(found_key), bytes_of(found)};
  return true;
}

result<std::optional<entry>> cursor::find(int operation, std::string_view key) {
  entry found;
  return go(operation, key, found).map([&](bool any) { return any ? std::optional(found) : std::nullopt; });
}

result<std::optional<entry>> cursor::first() { return find(MDB_FIRST); }
result<std::optional<entry>> cursor::last() { return find(MDB_LAST); }
result<std::optional<entry>> cursor::next() { return find(MDB_NEXT); }
result<bool> cursor::next(entry& into) { return go(MDB_NEXT, {}, into); }
result<std::optional<entry>> cursor::seek(std::string_view key) { return find(MDB_SET_RANGE, key); }
result<std::optional<entry>> cursor::seek(std::uint64_t key) { return seek(bytes_of(value_of(key))); }

result<void> cursor::append(std::uint64_t key, std::string_view value) {
  MDB_val k = value_of(key);
  MDB_val v = value_of(value);
  return written(mdb_cursor_put(handle_, &k, &v, MDB_APPEND), env_);
}

result<void> cursor::erase() { return written(mdb_cursor_del(handle_, 0), env_); }

// -- transactions -----------------------------------------------------------------------------------------------------

transaction::~transaction() {
  if (handle_)
    mdb_txn_abort(handle_);
}

result<std::optional<std::string_view>> transaction::get(database from, std::string_view key) const {
  MDB_val k = value_of(key);
  MDB_val found{};
  const int code = mdb_get(handle_, from.handle, &k, &found);
  if (code == MDB_NOTFOUND)
    return std::nullopt;
  if (code != MDB_SUCCESS)
    return failed(code, env_);
  return bytes_of(found);
}

result<std::optional<std::string_view>> transaction::get(database from, std::uint64_t key) const {
  return get(from, bytes_of(value_of(key)));
}

result<cursor> transaction::open_cursor(database in) const {
  MDB_cursor* handle = nullptr;
  if (const int code = mdb_cursor_open(handle_, in.handle, &handle))
    return failed(code, env_);
  return cursor{handle, env_};
}

result<void> write_transaction::put(database into, std::string_view key, std::string_view value) {
  MDB_val k = value_of(key);
  MDB_val v = value_of(value);
  return written(mdb_put(handle_, into.handle, &k, &v, 0), env_);
}

result<void> write_transaction::put(database into, std::uint64_t key, std::string_view value) {
  return put(into, bytes_of(value_of(key)), value);
}

result<bool> write_transaction::erase(database from, std::string_view key) {
  MDB_val k = value_of(key);
  const int code = mdb_del(handle_, from.handle, &k, nullptr);
  if (code == MDB_NOTFOUND)
    return false;
  return written(code, env_).map([] { return true; });
}

result<void> write_transaction::commit() {
  return written(mdb_txn_commit(std::exchange(handle_, nullptr)), env_); // frees the handle in every case
}

// -- environment ------------------------------------------------------------------------------------------------------

struct environment::state {
  std::filesystem::path path;
  bool read_only = false;
  open_directories::identity identity{};
  MDB_env* env = nullptr;

  ~state() {
    if (env)
      mdb_env_close(env);
    directories().remove(identity);
  }
};

environment::environment(std::unique_ptr<state> s) noexcept : state_{std::move(s)} {}
environment::environment(environment&&) noexcept = default;
environment::~environment() = default;

result<environment> environment::open(const std::filesystem::path& dir, const environment_options& options) {
  if (!options.read_only) {
    std::error_code code;
    std::filesystem::create_directories(dir, code);
    if (code)
      return tl::unexpected{failure(code.value(), dir.string())};
  }
  struct stat info {};
  if (::stat(dir.c_str(), &info) != 0)
    return tl::unexpected{failure(errno, dir.string())};
  const open_directories::identity identity{info.st_dev, info.st_ino};
  if (!directories().add(identity))
    return refuse(errc::storage_failed, dir.string() + " is open in this process already: use that one, or close it");

  auto opened = std::make_unique<state>();
  opened->path = dir;
  opened->read_only = options.read_only;
  opened->identity = identity;
  // MDB_NOTLS ties a reader's place to its transaction instead of its thread: threads come and go, and one may read
  // while it writes.
  const unsigned flags = MDB_NOTLS | (options.read_only ? unsigned{MDB_RDONLY} : 0U);
  end_at_lost_pages();
  std::error_code ignored;
  int code = 0;
  if (!options.read_only && !std::filesystem::exists(dir / "data.mdb", ignored))
    code = make_durably(dir, options.map_bytes);
  if (!code)
    code = reserve_lock_file(dir);
  if (!code)
    code = mdb_env_create(&opened->env);
  if (!code)
    code = mdb_env_set_mapsize(opened->env, options.map_bytes);
  if (!code)
    code = mdb_env_set_maxdbs(opened->env, options.databases_max);
  if (!code)
    code = mdb_env_set_maxreaders(opened->env, readers_max);
  if (!code)
    code = mdb_env_open(opened->env, dir.c_str(), flags, 0600);
  if (code)
    return tl::unexpected{failure(code, dir.string())};
  environment made{std::move(opened)};
  made.forget_dead_readers();
  return made;
}

result<database> environment::open_database(const char* name, key_order order) {
  const unsigned flags =
      (order == key_order::integers ? unsigned{MDB_INTEGERKEY} : 0U) | (state_->read_only ? 0U : unsigned{MDB_CREATE});
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(state_->env, nullptr, state_->read_only ? unsigned{MDB_RDONLY} : 0U, &txn);
  if (code)
    return tl::unexpected{write_failure(code, state_->path.string())};
  database opened;
  code = mdb_dbi_open(txn, name, flags, &opened.handle);
  if (code == MDB_SUCCESS)
    code = mdb_txn_commit(txn); // writes nothing where the database was there
  else
    mdb_txn_abort(txn);
  if (code == MDB_NOTFOUND)
    return refuse(errc::storage_failed, state_->path.string() + " has no database `" + name + "`: check the path");
  if (code)
    return tl::unexpected{write_failure(code, state_->path.string())};
  return opened;
}

result<transaction> environment::read() const {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(state_->env, nullptr, MDB_RDONLY, &txn))
    return failed(code, state_->env);
  return transaction{txn, state_->env};
}

result<write_transaction> environment::write() const {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(state_->env, nullptr, 0, &txn))
    return tl::unexpected{write_failure(code, state_->path.string())};
  return write_transaction{txn, state_->env};
}

result<void> environment::check_length() const {
  MDB_envinfo content{};
  MDB_stat shape{};
  mdb_env_info(state_->env, &content); // first: the file of one that is written only grows
  mdb_env_stat(state_->env, &shape);
  const std::uintmax_t wanted = (std::uintmax_t{content.me_last_pgno} + 1) * shape.ms_psize;
  std::error_code code;
  const auto there = std::filesystem::file_size(state_->path / "data.mdb", code);
  if (code)
    return tl::unexpected{failure(code.value(), state_->path.string())};
  if (there < wanted)
    return refuse(errc::storage_failed, state_->path.string() + " was cut off: data.mdb has " + std::to_string(there) +
                                            " of " + std::to_string(wanted) + " bytes: restore a backup");
  return {};
}

void environment::forget_dead_readers() const noexcept {
  int dead = 0;
  mdb_reader_check(state_->env, &dead); // may fail without harm: the next one catches up
}

result<void> environment::copy_to(const std::filesystem::path& to) const {
  std::error_code made;
  std::filesystem::create_directories(to, made);
  int code = made.value();
  if (!code)
    code = mdb_env_copy2(state_->env, to.c_str(), 0);
  if (!code)
    code = sync_to_disk(to / "data.mdb"); // LMDB leaves it to the page cache
  if (!code)
    code = sync_to_disk(to);
  if (code)
    return tl::unexpected{write_failure(code, to.string())};
  return {};
}

const std::filesystem::path& environment::path() const noexcept { return state_->path; }

} // namespace btpay::lmdb
