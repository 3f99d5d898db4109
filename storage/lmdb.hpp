#pragma once
/// LMDB behind owners and results: the only pair of files that knows lmdb.h.
///
/// An `environment` is shared by all threads. A transaction belongs to the call that began it: it ends there, and
/// neither it nor the bytes that it showed leave that call. Any number of threads may read at once; a second writer,
/// of this process or another, waits for the first. Bytes are `string_view`s into the map, good until the transaction
/// ends. Nothing here throws; failures are `storage_full`, `storage_failed` and `unsupported_version`, with a message
/// that names the path and the mend.

#include "domain/errc.hpp"
#include "storage/map_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

struct MDB_cursor;
struct MDB_env;
struct MDB_txn;

namespace btpay::lmdb {

struct environment_options {
  std::size_t map_bytes = default_map_bytes;
  unsigned databases_max = 8;
  bool read_only = false;
};

/// What orders a database's keys: their bytes, or their value as one 64-bit integer.
enum class key_order : std::uint8_t { bytes, integers };

struct database {
  unsigned handle = 0;
};

struct entry {
  std::string_view key;
  std::string_view value;
};

/// The key of an entry in a database that is ordered by integers.
std::uint64_t integer_key(const entry&) noexcept;

/// A place in a database. Ends before its transaction does.
class cursor {
public:
  cursor(cursor&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)}, env_{other.env_} {}
  cursor& operator=(cursor&&) = delete;
  ~cursor();

  /// Each gives nothing where there is no such entry. `seek` goes to the first entry at or after `key`.
  result<std::optional<entry>> first();
  result<std::optional<entry>> last();
  result<std::optional<entry>> next();
  /// The same for long scans, which spares them copies of the entry; false where there is none.
  result<bool> next(entry& into);
  result<std::optional<entry>> seek(std::uint64_t key);
  result<std::optional<entry>> seek(std::string_view key);

  /// Adds an entry behind all others, which is faster than a `put`. Only in a write transaction.
  result<void> append(std::uint64_t key, std::string_view value);
  /// Removes the entry that the cursor is at; `next` then gives the one after it. Only in a write transaction.
  result<void> erase();

private:
  friend class transaction;
  cursor(MDB_cursor* handle, MDB_env* env) noexcept : handle_{handle}, env_{env} {}
  result<bool> go(int operation, std::string_view key, entry& into);
  result<std::optional<entry>> find(int operation, std::string_view key = {});

  MDB_cursor* handle_;
  MDB_env* env_;
};

/// A snapshot to read from. Dropped, it ends.
class transaction {
public:
  transaction(transaction&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)}, env_{other.env_} {}
  transaction& operator=(transaction&&) = delete;
  ~transaction();

  result<std::optional<std::string_view>> get(database, std::string_view key) const;
  result<std::optional<std::string_view>> get(database, std::uint64_t key) const;
  result<cursor> open_cursor(database) const;

protected:
  friend class environment;
  transaction(MDB_txn* handle, MDB_env* env) noexcept : handle_{handle}, env_{env} {}

  MDB_txn* handle_;
  MDB_env* env_;
};

/// The one writer. Dropped without `commit`, it leaves no trace.
class write_transaction : public transaction {
public:
  /// Adds or replaces.
  result<void> put(database, std::string_view key, std::string_view value);
  result<void> put(database, std::uint64_t key, std::string_view value);
  /// Gives whether there was such a key.
  result<bool> erase(database, std::string_view key);

  /// Returns when everything is on the disk. After a failure nothing of it is, and the environment is as it was.
  result<void> commit();

private:
  friend class environment;
  using transaction::transaction;
};

class environment {
public:
  /// Opens the directory `dir`; makes it where it is missing, unless `read_only`: a crash on the way leaves nothing or
  /// a sound one. A directory that this process has open already is refused: LMDB would lose its locks. From the first
  /// open on, a page that the disk does not give ends the process with a message.
  static result<environment> open(const std::filesystem::path& dir, const environment_options& options = {});
  environment(environment&&) noexcept;
  environment& operator=(environment&&) = delete;
  ~environment();

  /// Opens a database; makes it where it is missing, unless the environment is read-only. Not while any transaction of
  /// this process is open.
  result<database> open_database(const char* name, key_order order);

  result<transaction> read() const;
  /// Waits for the writer before it.
  result<write_transaction> write() const;

  /// Runs `query(const transaction&)` in a transaction of its own; gives what it gives, a `result`.
  template <class Query>
  std::invoke_result_t<Query, const transaction&> view(Query&& query) const {
    const auto txn = read();
    if (!txn)
      return tl::unexpected{txn.error()};
    return std::forward<Query>(query)(*txn);
  }
  /// Runs `change(write_transaction&)` and commits what it did, unless it gives a refusal.
  template <class Change>
  std::invoke_result_t<Change, write_transaction&> update(Change&& change) const {
    auto txn = write();
    if (!txn)
      return tl::unexpected{std::move(txn.error())};
    auto made = std::forward<Change>(change)(*txn);
    if (made)
      if (auto committed = txn->commit(); !committed)
        return tl::unexpected{std::move(committed.error())};
    return made;
  }

  /// Frees what readers held that died without saying so; until then the file grows.
  void forget_dead_readers() const noexcept;

  /// Refuses a file that is shorter than its content: it was cut off. For environments from which nothing is ever
  /// erased; in others the last pages may be free, and then are not written.
  result<void> check_length() const;

  /// Writes a copy of one moment into the directory `to`, missing or empty, while others read and write. Returns when
  /// it is on the disk.
  result<void> copy_to(const std::filesystem::path& to) const;

  const std::filesystem::path& path() const noexcept;

private:
  struct state;
  explicit environment(std::unique_ptr<state>) noexcept;
  std::unique_ptr<state> state_;
};

} // namespace btpay::lmdb
