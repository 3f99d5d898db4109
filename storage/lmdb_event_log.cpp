#include "storage/lmdb_event_log.hpp"

#include "storage/log_environment.hpp"
#include "storage/recent_heads.hpp"
#include "storage/record_codec.hpp"
#include "storage/writer_lock.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace btpay {

namespace {

class lmdb_event_log final : public event_log {
public:
  lmdb_event_log(log_environment store, std::optional<writer_lock> lock, std::size_t heads_checkpoint_events) noexcept
      : lock_{std::move(lock)}, store_{std::move(store)}, heads_checkpoint_events_{heads_checkpoint_events} {}

  ~lmdb_event_log() override;

  /// Reads what was appended since the checkpoint.
  result<void> load();

  result<std::vector<result<appended_range>>> append(std::span<const new_events> batch, instant recorded_at) override;
  position head() const override { return heads_.log_head(); }
  result<position> head_of(user_id user) const override;
  result<position> read_share(user_share whose, position after, std::size_t count_max, const event_visitor& visit,
                              const user_herald& coming) const override;
  result<void> read_user_until(user_id user, position after, position last, const event_visitor& visit) const override;
  result<position> user_event_before(user_id user, position from, std::size_t count) const override;
  std::string_view epoch() const noexcept override { return store_.epoch(); }

private:
  using outcomes = std::vector<result<appended_range>>;

  /// However an append ends, what it staged and did not publish never was.
  struct staged_heads_undone {
    recent_heads& heads;
    ~staged_heads_undone() { heads.discard(); }
  };

  /// The end of the log as a batch makes it grow; becomes the log's own once committed.
  struct log_end {
    position at{};
    chain_hash hash{};
  };

  result<void> draft(const lmdb::transaction&, std::span<const new_events> batch, instant recorded_at, log_end&,
                     outcomes&);
  result<appended_range> draft_one(lmdb::cursor&, const new_events&, recent_heads::head&, instant recorded_at,
                                   log_end&);
  result<recent_heads::head*> staged_head(const lmdb::transaction&, user_id);
  result<void> commit(lmdb::write_transaction, const log_end&, bool with_checkpoint);

  /// One record on the way back along a user's links.
  struct linked_record {
    std::string_view bytes;
    position previous{};
  };
  result<linked_record> record_of(const lmdb::transaction&, user_id, position at) const;
  result<position> newest_within(const lmdb::transaction&, user_id, position end) const;
  result<std::vector<std::string_view>> newest_first(const lmdb::transaction&, user_id, position newest,
                                                     position after) const;

  std::optional<writer_lock> lock_; ///< none: read only
  log_environment store_;
  const std::size_t heads_checkpoint_events_;

  // The writer's.
  record_encoder encoder_;
  log_end end_;
  position checkpoint_{};

  recent_heads heads_; ///< shared with readers
};

// -- open and close ---------------------------------------------------------------------------------------------------

result<void> lmdb_event_log::load() {
  const auto txn = store_.env().read();
  if (!txn)
    return tl::unexpected{txn.error()};
  const auto checkpoint = store_.checkpoint(*txn);
  if (!checkpoint)
    return tl::unexpected{checkpoint.error()};
  if (checkpoint->at > log_start) {
    const auto record = store_.record(*txn, checkpoint->at);
    if (!record)
      return tl::unexpected{record.error()};
    if (hash_of(*record) != checkpoint->hash)
      return tl::unexpected{
          store_.at_record(checkpoint->at, {errc::corrupt_record, "is not the one that the checkpoint knows"})};
  }
  auto records = store_.scan(*txn, checkpoint->at);
  if (!records)
    return tl::unexpected{std::move(records.error())};

  log_end end{.at = checkpoint->at, .hash = checkpoint->hash};
  auto found = records->next();
  for (; found && *found; found = records->next()) {
    const auto header = read_header(records->record());
    if (!header)
      return tl::unexpected{store_.at_record(records->at(), header.error())};
    if (header->at != records->at() || header->hash_before != end.hash)
      return tl::unexpected{store_.at_record(records->at(), {errc::corrupt_record, "does not follow the one before"})};
    heads_.add(header->user, header->at);
    end = {.at = header->at, .hash = hash_of(records->record())};
  }
  if (!found)
    return tl::unexpected{store_.at_record(records->at(), found.error())};
  checkpoint_ = checkpoint->at;
  end_ = end;
  heads_.publish(end.at);
  return {};
}

lmdb_event_log::~lmdb_event_log() {
  if (!lock_ || end_.at == checkpoint_)
    return;
  // Where this fails, the next open reads the tail once more: nothing is lost.
  if (auto txn = store_.env().write())
    static_cast<void>(commit(std::move(*txn), end_, true));
}

// -- append -----------------------------------------------------------------------------------------------------------

result<lmdb_event_log::outcomes> lmdb_event_log::append(std::span<const new_events> batch, instant recorded_at) {
  if (!lock_)
    return refuse(errc::storage_failed, store_.env().path().string() + " is open for reading only");
  const staged_heads_undone undone{heads_};
  auto txn = store_.env().write();
  if (!txn)
    return tl::unexpected{std::move(txn.error())};

  log_end end = end_;
  outcomes made;
  made.reserve(batch.size());
  if (auto drafted = draft(*txn, batch, recorded_at, end, made); !drafted)
    return tl::unexpected{std::move(drafted.error())};
  if (end.at == end_.at)
    return made; // nothing to write

  const bool with_checkpoint = raw(end.at) - raw(checkpoint_) >= heads_checkpoint_events_;
  if (auto committed = commit(std::move(*txn), end, with_checkpoint); !committed)
    return tl::unexpected{std::move(committed.error())};
  return made;
}

result<void> lmdb_event_log::draft(const lmdb::transaction& txn, std::span<const new_events> batch, instant recorded_at,
                                   log_end& end, outcomes& made) {
  auto cursor = txn.open_cursor(store_.events());
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  for (const auto& wanted : batch) {
    const auto head = staged_head(txn, wanted.user);
    if (!head)
      return tl::unexpected{head.error()};
    if (auto fresh = check_expected(wanted, (*head)->staged); !fresh) {
      made.push_back(tl::unexpected{std::move(fresh.error())});
      continue;
    }
    auto range = draft_one(*cursor, wanted, **head, recorded_at, end);
    if (!range)
      return tl::unexpected{std::move(range.error())};
    made.push_back(*range);
  }
  return {};
}

/// Puts one user's events behind `end` and moves it on. A failure here is the whole batch's.
result<appended_range> lmdb_event_log::draft_one(lmdb::cursor& cursor, const new_events& wanted,
                                                 recent_heads::head& head, instant recorded_at, log_end& end) {
  const position previous = head.staged;
  if (wanted.events.empty())
    return appended_range{.first = previous, .last = previous, .previous = previous};
  const position first = next(end.at);
  for (const auto& what : wanted.events) {
    const record_header header{.at = next(end.at),
                               .previous = head.staged,
                               .user = wanted.user,
                               .recorded_at = recorded_at,
                               .valid_at = valid_time(what, recorded_at),
                               .hash_before = end.hash};
    std::optional<event> placed;
    if (names_own_append(what))
      place(placed.emplace(what), first);
    const auto record = encoder_.encode(header, placed ? *placed : what);
    if (auto put = cursor.append(raw(header.at), record); !put)
      return tl::unexpected{std::move(put.error())};
    heads_.stage(head, header.at);
    end = {.at = header.at, .hash = hash_of(record)};
  }
  return appended_range{.first = first, .last = end.at, .previous = previous};
}

result<recent_heads::head*> lmdb_event_log::staged_head(const lmdb::transaction& txn, user_id user) {
  if (auto* known = heads_.find(user))
    return known;
  const auto written = store_.head_of(txn, user);
  if (!written)
    return tl::unexpected{written.error()};
  return &heads_.add(user, *written);
}

result<void> lmdb_event_log::commit(lmdb::write_transaction txn, const log_end& end, bool with_checkpoint) {
  if (with_checkpoint) {
    auto written = store_.write_checkpoint(txn, {.at = end.at, .hash = end.hash}, heads_.staged());
    if (!written)
      return written;
  }
  if (auto committed = txn.commit(); !committed)
    return committed;
  end_ = end;
  heads_.publish(end.at);
  if (with_checkpoint) {
    checkpoint_ = end.at;
    heads_.forget();
    store_.env().forget_dead_readers();
  }
  return {};
}

// -- read -------------------------------------------------------------------------------------------------------------

result<position> lmdb_event_log::head_of(user_id user) const {
  const auto known = heads_.look_up(user);
  if (known.user_head)
    return *known.user_head;
  const auto txn = store_.env().read();
  if (!txn)
    return tl::unexpected{txn.error()};
  return newest_within(*txn, user, known.log_head);
}

/// A user's last event up to `end`, by the `heads` database. That may be ahead of us: a checkpoint may have come since
/// we looked, or another process may write the log that we only read.
result<position> lmdb_event_log::newest_within(const lmdb::transaction& txn, user_id user, position end) const {
  auto newest = store_.head_of(txn, user);
  while (newest && *newest > end)
    newest = record_of(txn, user, *newest).map([](const linked_record& r) { return r.previous; });
  return newest;
}

result<position> lmdb_event_log::read_share(user_share whose, position after, std::size_t count_max,
                                            const event_visitor& visit, const user_herald& coming) const {
  const position end = head();
  if (after >= end || count_max == 0)
    return after;
  const auto txn = store_.env().read();
  if (!txn)
    return tl::unexpected{txn.error()};
  auto records = store_.scan(*txn, after);
  if (!records)
    return tl::unexpected{std::move(records.error())};

  record_decoder decoder;
  recorded_event seen;
  const position last{std::min(raw(end), count_max < raw(end) - raw(after) ? raw(after) + count_max : raw(end))};
  while (records->at() < last) {
    const auto found = records->next();
    if (!found)
      return tl::unexpected{store_.at_record(records->at(), found.error())};
    if (!*found)
      return tl::unexpected{store_.at_record(next(records->at()), {errc::corrupt_record, "is missing"})};
    const auto record = records->record();
    const auto user = peek_user(record);
    if (!whose.holds(user))
      continue; // checked by the one who reads that share
    if (coming)
      coming(user);
    if (const auto decoded = decoder.decode(record, seen); !decoded)
      return tl::unexpected{store_.at_record(records->at(), decoded.error())};
    if (seen.at != records->at())
      return tl::unexpected{store_.at_record(records->at(), {errc::corrupt_record, "belongs at another place"})};
    if (!visit(seen))
      break;
  }
  return records->at();
}

result<position> lmdb_event_log::user_event_before(user_id user, position from, std::size_t count) const {
  const auto txn = store_.env().read();
  if (!txn)
    return tl::unexpected{txn.error()};
  auto at = from;
  for (; count > 0 && at > log_start; --count) {
    const auto record = record_of(*txn, user, at);
    if (!record)
      return tl::unexpected{record.error()};
    at = record->previous;
  }
  return at;
}

result<void> lmdb_event_log::read_user_until(user_id user, position after, position last,
                                             const event_visitor& visit) const {
  const auto txn = store_.env().read();
  if (!txn)
    return tl::unexpected{txn.error()};
  const auto records = newest_first(*txn, user, last, after);
  if (!records)
    return tl::unexpected{records.error()};

  record_decoder decoder;
  recorded_event seen;
  for (auto record = records->rbegin(); record != records->rend(); ++record) {
    if (const auto decoded = decoder.decode(*record, seen); !decoded)
      return tl::unexpected{store_.at_record(peek_links(*record)->at, decoded.error())};
    if (!visit(seen))
      break;
  }
  return {};
}

result<std::vector<std::string_view>> lmdb_event_log::newest_first(const lmdb::transaction& txn, user_id user,
                                                                   position newest, position after) const {
  std::vector<std::string_view> records;
  for (position at = newest; at > after;) {
    const auto record = record_of(txn, user, at);
    if (!record)
      return tl::unexpected{record.error()};
    records.push_back(record->bytes);
    at = record->previous;
  }
  return records;
}

/// Checks the links only as far as to end the walk: the record is of this user and links to an older one. The checksum,
/// which covers them, is decoding's.
result<lmdb_event_log::linked_record> lmdb_event_log::record_of(const lmdb::transaction& txn, user_id user,
                                                                position at) const {
  const auto record = store_.record(txn, at);
  if (!record)
    return tl::unexpected{record.error()};
  const auto links = peek_links(*record);
  if (!links)
    return tl::unexpected{store_.at_record(at, links.error())};
  if (links->at != at || links->user != user || links->previous >= at)
    return tl::unexpected{store_.at_record(at, {errc::corrupt_record, "does not link to its user's records"})};
  return linked_record{.bytes = *record, .previous = links->previous};
}

} // namespace

result<std::unique_ptr<event_log>> open_lmdb_event_log(const std::filesystem::path& dir,
                                                       const lmdb_event_log_options& options) {
  auto store = log_environment::open(dir, options.map_bytes, options.read_only);
  if (!store)
    return tl::unexpected{std::move(store.error())};
  std::optional<writer_lock> lock;
  if (!options.read_only) {
    auto taken = writer_lock::take(dir);
    if (!taken)
      return tl::unexpected{std::move(taken.error())};
    lock.emplace(std::move(*taken));
  }
  auto log = std::make_unique<lmdb_event_log>(std::move(*store), std::move(lock), options.heads_checkpoint_events);
  if (auto loaded = log->load(); !loaded)
    return tl::unexpected{std::move(loaded.error())};
  return log;
}

} // namespace btpay
