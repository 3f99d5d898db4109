/// What only the log on disk can do: close, open, checkpoint, share, be damaged. The rest is in tests/contract.

#include "storage/lmdb_event_log.hpp"

#include "storage/lmdb.hpp"
#include "storage/log_verification.hpp"
#include "storage/record_codec.hpp"
#include "storage/writer_lock.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr user_id ana{1};
constexpr user_id bob{2};

std::unique_ptr<event_log> open_log(const temp_dir& dir, std::size_t heads_checkpoint_events = 4,
                                    bool read_only = false) {
  auto opened =
      open_lmdb_event_log(dir.path(), {.read_only = read_only, .heads_checkpoint_events = heads_checkpoint_events});
  if (!opened)
    FAIL(opened.error().message);
  return std::move(*opened);
}

position append_note(event_log& log, user_id user) {
  const std::vector<new_events> batch{{.user = user, .expected = *log.head_of(user), .events = {note("n")}}};
  const auto made = log.append(batch, instant{});
  REQUIRE(made);
  REQUIRE(made->front());
  return made->front()->last;
}

/// A log of ten events, ana's at 1, 3, 5, …; the checkpoint is at 8.
void fill(const temp_dir& dir) {
  const auto log = open_log(dir);
  for (int count = 0; count < 5; ++count) {
    append_note(*log, ana);
    append_note(*log, bob);
  }
}

std::vector<std::uint64_t> positions_of(const event_log& log, user_id user) {
  std::vector<std::uint64_t> seen;
  REQUIRE(log.read_user(user, log_start, [&](const recorded_event& e) {
    seen.push_back(raw(e.at));
    return true;
  }));
  return seen;
}

const event_visitor keep_going = [](const recorded_event&) { return true; };

/// Changes a record behind the log's back.
void tamper(const temp_dir& dir, std::uint64_t at, const std::function<void(std::string&)>& change) {
  auto env = lmdb::environment::open(dir.path());
  REQUIRE(env);
  const auto events = env->open_database("events", lmdb::key_order::integers);
  REQUIRE(env->update([&](lmdb::write_transaction& txn) {
    std::string record{**txn.get(*events, at)};
    change(record);
    return txn.put(*events, at, record);
  }));
}

/// The same event, but at another time: a forgery whose own checksum is right.
void forge(std::string& record) {
  recorded_event seen;
  REQUIRE(record_decoder{}.decode(record, seen));
  auto header = *read_header(record);
  header.recorded_at += duration{1};
  header.valid_at += duration{1};
  record = record_encoder{}.encode(header, seen.body);
}

void flip_last_byte(std::string& record) { record.back() = static_cast<char>(record.back() ^ 1); }

std::vector<std::uint64_t> faults_in(const temp_dir& dir) {
  std::vector<std::uint64_t> places;
  const auto summary = verify_lmdb_event_log(dir.path(), [&](const log_fault& fault) {
    CHECK_THAT(fault.why.message, Catch::Contains("record " + std::to_string(raw(fault.at))));
    places.push_back(raw(fault.at));
  });
  REQUIRE(summary);
  CHECK(summary->faults == places.size());
  return places;
}

} // namespace

TEST_CASE("a log that is opened again goes on where it ended, however often heads are written down") {
  for (const std::size_t checkpoint_events : {0U, 1U, 3U, 1000U}) {
    const temp_dir dir;
    std::string epoch;
    for (std::uint64_t round = 0; round < 10; ++round) {
      const auto log = open_log(dir, checkpoint_events);
      REQUIRE(raw(log->head()) == 2 * round);
      append_note(*log, ana);
      append_note(*log, user_id{100 + round});
      REQUIRE(positions_of(*log, ana).size() == round + 1);
      REQUIRE(positions_of(*log, user_id{100}) == std::vector<std::uint64_t>{2});
      REQUIRE((round == 0 || log->epoch() == epoch));
      epoch = log->epoch();
    }
    CHECK(faults_in(dir).empty());
  }
}

TEST_CASE("two logs have two epochs") {
  const temp_dir one;
  const temp_dir other;
  const std::string epoch{open_log(one)->epoch()};
  CHECK(epoch.size() == 32);
  CHECK(epoch != open_log(other)->epoch());
}

TEST_CASE("a read-only log is one moment of the log and cannot be appended to") {
  const temp_dir dir;
  CHECK_FALSE(open_lmdb_event_log(dir.path() / "none", {.read_only = true}));
  fill(dir);
  const auto log = open_log(dir, 4, true);
  CHECK(raw(log->head()) == 10);
  CHECK(positions_of(*log, ana) == std::vector<std::uint64_t>{1, 3, 5, 7, 9});
  const auto refused = log->append({}, instant{});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::storage_failed);
}

TEST_CASE("a read-only log stays at its moment while another process appends") {
  const temp_dir dir;
  int to_writer[2];
  int to_reader[2];
  REQUIRE(::pipe(to_writer) == 0);
  REQUIRE(::pipe(to_reader) == 0);
  const auto tell = [](const int(&pipe)[2]) { return ::write(pipe[1], "!", 1) == 1; };
  const auto wait_for = [](const int(&pipe)[2]) {
    char told = 0;
    return ::read(pipe[0], &told, 1) == 1;
  };
  const pid_t writer = ::fork();
  if (writer == 0) {
    {
      const auto log = open_log(dir);
      append_note(*log, ana);
      append_note(*log, bob);
      if (!tell(to_reader) || !wait_for(to_writer))
        ::_exit(1);
      for (int count = 0; count < 9; ++count) // with checkpoints, which the reader will find
        append_note(*log, count % 2 == 0 ? ana : user_id{3});
    }
    ::_exit(tell(to_reader) ? 0 : 1);
  }
  REQUIRE(wait_for(to_reader));
  const auto log = open_log(dir, 4, true);
  REQUIRE(tell(to_writer));
  REQUIRE(wait_for(to_reader));
  CHECK(raw(log->head()) == 2);
  CHECK(*log->head_of(ana) == position{1});
  CHECK(*log->head_of(user_id{3}) == log_start);
  CHECK(positions_of(*log, ana) == std::vector<std::uint64_t>{1});
  CHECK(positions_of(*log, user_id{3}).empty());
  CHECK(*log->read(log_start, SIZE_MAX, keep_going) == position{2});
  int status = 0;
  REQUIRE(::waitpid(writer, &status, 0) == writer);
  CHECK(status == 0);
  for (const int end : {to_writer[0], to_writer[1], to_reader[0], to_reader[1]})
    ::close(end);
}

TEST_CASE("a second writer is refused") {
  const temp_dir dir;
  const auto log = open_log(dir);
  const auto in_this_process = open_lmdb_event_log(dir.path());
  REQUIRE_FALSE(in_this_process);
  CHECK_THAT(in_this_process.error().message, Catch::Contains("open in this process already"));
  const auto in_another = writer_lock::take(dir.path()); // what it would try
  REQUIRE_FALSE(in_another);
  CHECK_THAT(in_another.error().message, Catch::Contains("another process writes"));
}

TEST_CASE("a directory without a log in it is refused for reading") {
  const temp_dir dir;
  {
    auto env = lmdb::environment::open(dir.path());
    for (const char* name : {"events", "heads", "meta"})
      REQUIRE(env->open_database(name, name[0] == 'm' ? lmdb::key_order::bytes : lmdb::key_order::integers));
  }
  const auto log = open_lmdb_event_log(dir.path(), {.read_only = true});
  REQUIRE_FALSE(log);
  CHECK_THAT(log.error().message, Catch::Contains("holds no event log"));
}

TEST_CASE("a log of a newer layout is refused as such") {
  const temp_dir dir;
  fill(dir);
  {
    auto env = lmdb::environment::open(dir.path());
    const auto meta = env->open_database("meta", lmdb::key_order::bytes);
    REQUIRE(env->update([&](lmdb::write_transaction& txn) { return txn.put(*meta, "layout", {"\2\0\0\0", 4}); }));
  }
  const auto log = open_lmdb_event_log(dir.path());
  REQUIRE_FALSE(log);
  CHECK(log.error().code == errc::unsupported_version);
}

TEST_CASE("a damaged record stops those who read it, and no one else") {
  const temp_dir dir;
  fill(dir);
  tamper(dir, 5, flip_last_byte);
  const auto log = open_log(dir);
  std::vector<std::uint64_t> seen;
  const auto read = log->read(log_start, SIZE_MAX, [&](const recorded_event& e) {
    seen.push_back(raw(e.at));
    return true;
  });
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::corrupt_record);
  CHECK_THAT(read.error().message, Catch::Contains("record 5 of " + dir.path().string()));
  CHECK(seen == std::vector<std::uint64_t>{1, 2, 3, 4});
  CHECK(log->read(position{5}, SIZE_MAX, keep_going));
  CHECK_FALSE(log->read_user(ana, log_start, keep_going));
  CHECK(log->read_user(ana, position{5}, keep_going));
  CHECK(positions_of(*log, bob).size() == 5);
  append_note(*log, ana);
}

TEST_CASE("a log whose end is damaged is not opened for writing on top of it") {
  const temp_dir dir;
  {
    const auto log = open_log(dir, 1000);
    append_note(*log, ana);
  } // writes a checkpoint at 1
  tamper(dir, 1, forge);
  const auto log = open_lmdb_event_log(dir.path());
  REQUIRE_FALSE(log);
  CHECK(log.error().code == errc::corrupt_record);
}

TEST_CASE("verification finds nothing in a sound log, empty or not") {
  const temp_dir empty;
  open_log(empty);
  CHECK(faults_in(empty).empty());
  const temp_dir dir;
  fill(dir);
  const auto summary = verify_lmdb_event_log(dir.path(), [](const log_fault& fault) { FAIL(fault.why.message); });
  REQUIRE(summary);
  CHECK(raw(summary->last) == 10);
  CHECK(summary->users == 2);
  CHECK(summary->epoch == open_log(dir)->epoch());
}

TEST_CASE("verification finds what was damaged, forged, relinked or taken away") {
  const temp_dir dir;
  fill(dir);
  SECTION("damaged") {
    tamper(dir, 5, flip_last_byte);
    CHECK(faults_in(dir) == std::vector<std::uint64_t>{5, 6, 7}); // it, the hash behind it, its user's next link
  }
  SECTION("forged with a right checksum") {
    tamper(dir, 5, forge);
    CHECK(faults_in(dir) == std::vector<std::uint64_t>{6});
  }
  SECTION("forged at the end") {
    tamper(dir, 10, forge);
    CHECK(faults_in(dir) == std::vector<std::uint64_t>{10}); // by the checkpoint that the close wrote
  }
  SECTION("relinked") {
    tamper(dir, 5, [](std::string& record) {
      recorded_event seen;
      REQUIRE(record_decoder{}.decode(record, seen));
      auto header = *read_header(record);
      header.previous = position{1};
      record = record_encoder{}.encode(header, seen.body);
    });
    CHECK(faults_in(dir) == std::vector<std::uint64_t>{5, 6});
  }
  SECTION("taken away") {
    {
      auto env = lmdb::environment::open(dir.path());
      const auto events = env->open_database("events", lmdb::key_order::integers);
      REQUIRE(env->update([&](lmdb::write_transaction& txn) -> result<void> {
        auto cursor = txn.open_cursor(*events);
        REQUIRE(cursor->seek(5));
        return cursor->erase();
      }));
    }
    CHECK(faults_in(dir) == std::vector<std::uint64_t>{5});
    CHECK_FALSE(open_log(dir)->read(log_start, SIZE_MAX, keep_going));
  }
}

TEST_CASE("a map without room refuses the batch and leaves the log as it was") {
  const temp_dir dir;
  auto opened = open_lmdb_event_log(dir.path(), {.map_bytes = 1 << 20, .heads_checkpoint_events = 2});
  REQUIRE(opened);
  auto& log = **opened;
  append_note(log, ana);
  const std::vector<new_events> too_much{
      {.user = ana, .expected = position{1}, .events = {note("x"), note(std::string(2 << 20, 'x'))}},
      {.user = bob, .expected = log_start, .events = {note("y")}}};
  const auto refused = log.append(too_much, instant{});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::storage_full);
  CHECK(raw(log.head()) == 1);
  CHECK(log.head_of(ana) == position{1});
  CHECK(log.head_of(bob) == log_start);
  CHECK(append_note(log, bob) == position{2});
  CHECK(append_note(log, ana) == position{3});
  opened->reset();
  CHECK(faults_in(dir).empty());
}

TEST_CASE("a user whose every append was refused leaves no trace in the log") {
  const temp_dir dir;
  {
    const auto log = open_log(dir, 2);
    const std::vector<new_events> stale{{.user = bob, .expected = position{7}, .events = {note("x")}}};
    REQUIRE_FALSE(log->append(stale, instant{})->front());
    append_note(*log, ana);
    append_note(*log, ana); // with a checkpoint
  }
  CHECK(faults_in(dir).empty());
}

TEST_CASE("readers see a whole and growing log while one thread appends") {
  const temp_dir dir;
  const auto log = open_log(dir, 16);
  constexpr std::uint64_t batches = 200;
  std::atomic<bool> done{false};
  std::atomic<bool> sound{true};
  const auto watch = [&](user_id user) {
    while (!done) {
      const position before = log->head();
      position last = log_start;
      const auto read = log->read(log_start, SIZE_MAX, [&](const recorded_event& e) {
        if (e.at != next(last))
          sound = false;
        last = e.at;
        return true;
      });
      if (!read || last < before)
        sound = false;
      const position head = *log->head_of(user);
      position own = log_start;
      const auto read_own = log->read_user(user, log_start, [&](const recorded_event& e) {
        if (e.previous != own || e.user != user)
          sound = false;
        own = e.at;
        return true;
      });
      if (!read_own || own < head)
        sound = false;
    }
  };
  std::thread one{watch, ana};
  std::thread other{watch, bob};
  for (std::uint64_t batch = 0; batch < batches; ++batch)
    append_note(*log, batch % 3 == 0 ? bob : ana);
  done = true;
  one.join();
  other.join();
  CHECK(sound);
  CHECK(raw(log->head()) == batches);
}
