#pragma once
/// The LMDB environment of an event log: its databases, and what is written down beside the events. The names and
/// values are part of the format (docs/LOG_FORMAT.md). Shared by the log itself and by its verification.

#include "domain/errc.hpp"
#include "domain/ids.hpp"
#include "storage/lmdb.hpp"
#include "storage/read_ahead.hpp"
#include "storage/record_format.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btpay {

/// Up to where the heads of users are written down, and the hash of the record there.
struct log_checkpoint {
  position at{};
  chain_hash hash{};
};

struct user_head {
  user_id user{};
  position at{};
};

/// Walks raw records in order; lives inside one transaction. A gap is `corrupt_record`.
class record_scan {
public:
  record_scan(lmdb::cursor cursor, position after) noexcept : cursor_{std::move(cursor)}, at_{after} {}

  /// Goes to the next record; false behind the last one.
  result<bool> next();

  std::string_view record() const noexcept { return found_.value; }

  /// Where that record is.
  position at() const noexcept { return at_; }

private:
  result<bool> begin();

  lmdb::cursor cursor_;
  lmdb::entry found_;
  read_ahead ahead_;
  position at_;
  bool started_ = false;
};

class log_environment {
public:
  /// Opens `dir`; makes an empty log there, unless `read_only`.
  static result<log_environment> open(const std::filesystem::path& dir, std::size_t map_bytes, bool read_only);

  const lmdb::environment& env() const noexcept { return env_; }
  lmdb::database events() const noexcept { return events_; }
  const std::string& epoch() const noexcept { return epoch_; }

  result<record_scan> scan(const lmdb::transaction&, position after) const;
  /// The record at `at`; one that is not there is `corrupt_record`.
  result<std::string_view> record(const lmdb::transaction&, position at) const;

  /// A user's last event at the checkpoint.
  result<position> head_of(const lmdb::transaction&, user_id user) const;
  /// All of them, by growing id.
  result<std::vector<user_head>> heads(const lmdb::transaction&) const;
  result<log_checkpoint> checkpoint(const lmdb::transaction&) const;

  /// Writes down the heads that changed since the last checkpoint. Those of other users stay.
  result<void> write_checkpoint(lmdb::write_transaction&, const log_checkpoint&, std::vector<user_head> changed) const;

  /// Why a record cannot be used, with the record's place and what to do put to it.
  refusal at_record(position at, const refusal& why) const;

private:
  explicit log_environment(lmdb::environment env) noexcept : env_{std::move(env)} {}
  result<void> open_databases();
  result<void> begin_log();
  result<void> read_identity();

  lmdb::environment env_;
  lmdb::database events_;
  lmdb::database heads_;
  lmdb::database meta_;
  std::string epoch_;
};

} // namespace btpay
