#include "storage/log_environment.hpp"

#include "storage/sodium.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace btpay {

namespace {

/// Of the environment as a whole: which databases there are and what is in them.
constexpr std::uint32_t layout_version = 1;

// Keys in `meta`.
constexpr std::string_view layout_key = "layout";
constexpr std::string_view epoch_key = "epoch";
constexpr std::string_view checkpoint_key = "checkpoint";

constexpr std::size_t epoch_bytes = 16;
constexpr std::size_t checkpoint_bytes = sizeof(std::uint64_t) + sizeof(chain_hash);

template <class T>
std::string_view bytes_of(const T& value) noexcept {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <class T>
std::optional<T> value_in(std::string_view bytes) noexcept {
  T value{};
  if (bytes.size() != sizeof value)
    return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::string bytes_of_checkpoint(const log_checkpoint& checkpoint) {
  std::string bytes{bytes_of(checkpoint.at)};
  return bytes.append(bytes_of(checkpoint.hash));
}

std::string hex(std::string_view bytes) {
  std::string text(bytes.size() * 2 + 1, '\0'); // libsodium ends it with a zero
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  text.pop_back();
  return text;
}

} // namespace

result<bool> record_scan::next() {
  auto found = started_ ? cursor_.next(found_) : begin();
  if (!found || !*found)
    return found;
  at_ = btpay::next(at_);
  if (lmdb::integer_key(found_) != raw(at_))
    return refuse(errc::corrupt_record, "is missing");
  ahead_.passed(found_.value);
  return true;
}

result<bool> record_scan::begin() {
  started_ = true;
  return cursor_.seek(raw(at_) + 1).map([this](const std::optional<lmdb::entry>& first) {
    found_ = first.value_or(lmdb::entry{});
    return first.has_value();
  });
}

result<log_environment> log_environment::open(const std::filesystem::path& dir, std::size_t map_bytes, bool read_only) {
  require_sodium();
  auto env = lmdb::environment::open(dir, {.map_bytes = map_bytes, .read_only = read_only});
  if (!env)
    return tl::unexpected{std::move(env.error())};
  if (auto whole = env->check_length(); !whole)
    return tl::unexpected{std::move(whole.error())};
  log_environment log{std::move(*env)};
  auto ready = log.open_databases();
  if (ready && !read_only)
    ready = log.begin_log();
  if (ready)
    ready = log.read_identity();
  if (!ready)
    return tl::unexpected{std::move(ready.error())};
  return log;
}

result<void> log_environment::open_databases() {
  const auto open_into = [this](lmdb::database& into, const char* name, lmdb::key_order order) {
    return env_.open_database(name, order).map([&into](lmdb::database opened) { into = opened; });
  };
  auto opened = open_into(events_, "events", lmdb::key_order::integers);
  if (opened)
    opened = open_into(heads_, "heads", lmdb::key_order::integers);
  if (opened)
    opened = open_into(meta_, "meta", lmdb::key_order::bytes);
  return opened;
}

/// Writes what identifies a log, where the log is new.
result<void> log_environment::begin_log() {
  auto txn = env_.write();
  if (!txn)
    return tl::unexpected{std::move(txn.error())};
  const auto known = txn->get(meta_, layout_key);
  if (!known)
    return tl::unexpected{known.error()};
  if (*known)
    return {};
  std::array<char, epoch_bytes> epoch;
  randombytes_buf(epoch.data(), epoch.size());
  auto done = txn->put(meta_, layout_key, bytes_of(layout_version));
  if (done)
    done = txn->put(meta_, epoch_key, {epoch.data(), epoch.size()});
  if (done)
    done = txn->put(meta_, checkpoint_key, bytes_of_checkpoint({}));
  return done ? txn->commit() : done;
}

result<void> log_environment::read_identity() {
  const auto txn = env_.read();
  if (!txn)
    return tl::unexpected{txn.error()};
  const auto layout = txn->get(meta_, layout_key);
  const auto epoch = txn->get(meta_, epoch_key);
  if (!layout || !epoch)
    return tl::unexpected{(layout ? epoch : layout).error()};
  if (!*layout || !*epoch || (*epoch)->size() != epoch_bytes)
    return refuse(errc::storage_failed, env_.path().string() + " holds no event log: check the path");
  if (value_in<std::uint32_t>(**layout) != layout_version)
    return refuse(errc::unsupported_version, env_.path().string() + " was written by a newer btpay: use that one");
  epoch_ = hex(**epoch);
  return {};
}

result<record_scan> log_environment::scan(const lmdb::transaction& txn, position after) const {
  auto cursor = txn.open_cursor(events_);
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  return record_scan{std::move(*cursor), after};
}

result<std::string_view> log_environment::record(const lmdb::transaction& txn, position at) const {
  auto found = txn.get(events_, raw(at));
  if (!found)
    return tl::unexpected{std::move(found.error())};
  if (!*found)
    return tl::unexpected{at_record(at, {errc::corrupt_record, "is missing"})};
  return **found;
}

result<position> log_environment::head_of(const lmdb::transaction& txn, user_id user) const {
  const auto found = txn.get(heads_, raw(user));
  if (!found)
    return tl::unexpected{found.error()};
  if (!*found)
    return log_start;
  const auto head = value_in<position>(**found);
  if (!head)
    return refuse(errc::corrupt_record, "the head of user " + std::to_string(raw(user)) + " in " +
                                            env_.path().string() + " is not a position: restore a backup");
  return *head;
}

result<std::vector<user_head>> log_environment::heads(const lmdb::transaction& txn) const {
  auto cursor = txn.open_cursor(heads_);
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  std::vector<user_head> all;
  auto found = cursor->first();
  for (; found && *found; found = cursor->next()) {
    const user_id user{lmdb::integer_key(**found)};
    const auto head = value_in<position>((*found)->value);
    all.push_back({.user = user, .at = head.value_or(log_start)});
  }
  if (!found)
    return tl::unexpected{std::move(found.error())};
  return all;
}

result<log_checkpoint> log_environment::checkpoint(const lmdb::transaction& txn) const {
  const auto found = txn.get(meta_, checkpoint_key);
  if (!found)
    return tl::unexpected{found.error()};
  if (!*found || (*found)->size() != checkpoint_bytes)
    return refuse(errc::corrupt_record, "the checkpoint of " + env_.path().string() + " is damaged: restore a backup");
  log_checkpoint checkpoint;
  std::memcpy(&checkpoint.at, (*found)->data(), sizeof checkpoint.at);
  std::memcpy(&checkpoint.hash, (*found)->data() + sizeof checkpoint.at, sizeof checkpoint.hash);
  return checkpoint;
}

result<void> log_environment::write_checkpoint(lmdb::write_transaction& txn, const log_checkpoint& checkpoint,
                                               std::vector<user_head> changed) const {
  std::sort(changed.begin(), changed.end(), [](auto& a, auto& b) { return a.user < b.user; }); // neighbours share pages
  for (const auto& head : changed)
    if (auto done = txn.put(heads_, raw(head.user), bytes_of(head.at)); !done)
      return done;
  return txn.put(meta_, checkpoint_key, bytes_of_checkpoint(checkpoint));
}

refusal log_environment::at_record(position at, const refusal& why) const {
  std::string message = "record " + std::to_string(raw(at)) + " of " + env_.path().string() + ' ' + why.message;
  if (why.code == errc::corrupt_record)
    message += ": restore a backup; `btpay-replay verify` tells what else is damaged";
  return {why.code, std::move(message)};
}

} // namespace btpay
