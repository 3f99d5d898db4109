#include "storage/log_verification.hpp"

#include "storage/log_environment.hpp"
#include "storage/record_codec.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace btpay {

namespace {

constexpr std::uint64_t events_per_progress = 16384;

/// Follows the log record by record.
class log_check {
public:
  log_check(const log_environment& store, const std::function<void(const log_fault&)>& on_fault,
            const std::function<void(position)>& on_progress)
      : store_{store}, on_fault_{on_fault}, on_progress_{on_progress} {}

  result<log_summary> run() {
    const auto txn = store_.env().read();
    if (!txn)
      return tl::unexpected{txn.error()};
    const auto checkpoint = store_.checkpoint(*txn);
    const auto written = store_.heads(*txn);
    if (!checkpoint || !written)
      return tl::unexpected{checkpoint ? written.error() : checkpoint.error()};
    auto records = store_.scan(*txn, log_start);
    if (!records)
      return tl::unexpected{std::move(records.error())};

    check_checkpoint(*checkpoint, *written); // one at the very start
    auto found = records->next();
    for (; found && *found; found = records->next()) {
      check(records->at(), records->record());
      check_checkpoint(*checkpoint, *written);
      if (on_progress_ && raw(records->at()) % events_per_progress == 0)
        on_progress_(records->at());
    }
    if (!found)
      report(records->at(), found.error());
    else if (summary_.last < checkpoint->at)
      report(checkpoint->at, {errc::corrupt_record, "is missing"});
    summary_.epoch = store_.epoch();
    summary_.users = heads_.size();
    return summary_;
  }

private:
  void check(position at, std::string_view record) {
    const chain_hash before = std::exchange(summary_.head, hash_of(record));
    summary_.last = at;
    summary_.bytes += record.size();
    const auto header = read_header(record);
    if (!header)
      return report(at, header.error());
    if (header->at != at)
      report(at, {errc::corrupt_record, "belongs at another place"});
    if (header->hash_before != before)
      report(at, {errc::corrupt_record, "does not follow the one before: one of them was changed"});
    if (header->previous != std::exchange(heads_[header->user], at))
      report(at, {errc::corrupt_record, "does not link to its user's record before"});
    if (const auto decoded = decoder_.decode(record, seen_); !decoded)
      report(at, decoded.error());
    else if (header->valid_at != valid_time(seen_.body, seen_.recorded_at))
      report(at, {errc::corrupt_record, "has another valid time than its event"});
  }

  /// Compares what was written down with what was read up to there.
  void check_checkpoint(const log_checkpoint& checkpoint, const std::vector<user_head>& written) {
    if (summary_.last != checkpoint.at)
      return;
    if (summary_.head != checkpoint.hash)
      report(checkpoint.at, {errc::corrupt_record, "is not the one that the checkpoint knows"});
    const bool same = written.size() == heads_.size() && std::all_of(written.begin(), written.end(), [&](auto& head) {
                        const auto read = heads_.find(head.user);
                        return read != heads_.end() && read->second == head.at;
                      });
    if (!same)
      report(checkpoint.at, {errc::corrupt_record, "is the checkpoint, whose heads are not those of the events"});
  }

  void report(position at, const refusal& why) {
    ++summary_.faults;
    on_fault_({.at = at, .why = store_.at_record(at, why)});
  }

  const log_environment& store_;
  const std::function<void(const log_fault&)>& on_fault_;
  const std::function<void(position)>& on_progress_;
  record_decoder decoder_;
  recorded_event seen_;
  std::unordered_map<user_id, position> heads_;
  log_summary summary_;
};

} // namespace

result<log_summary> verify_lmdb_event_log(const std::filesystem::path& dir,
                                          const std::function<void(const log_fault&)>& on_fault,
                                          const std::function<void(position)>& on_progress) {
  const auto store = log_environment::open(dir, default_map_bytes, true);
  if (!store)
    return tl::unexpected{store.error()};
  return log_check{*store, on_fault, on_progress}.run();
}

result<std::uint64_t> count_lmdb_events(const std::filesystem::path& dir) {
  const auto store = log_environment::open(dir, default_map_bytes, true);
  if (!store)
    return tl::unexpected{store.error()};
  return store->env().view([&store](const lmdb::transaction& txn) -> result<std::uint64_t> {
    auto cursor = txn.open_cursor(store->events());
    if (!cursor)
      return tl::unexpected{std::move(cursor.error())};
    return cursor->last().map([](const auto& found) { return found ? lmdb::integer_key(*found) : 0; });
  });
}

} // namespace btpay
