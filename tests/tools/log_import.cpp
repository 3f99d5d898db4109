#include "tools/common/log_import.hpp"

#include "storage/lmdb_event_log.hpp"
#include "storage/log_verification.hpp"
#include "storage/memory_event_log.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/temp_dir.hpp"
#include "tools/common/event_json.hpp"

#include <algorithm>
#include <limits>
#include <sstream>

using namespace btpay;
using namespace btpay::testing;

namespace {

void ignore(std::uint64_t) {}

std::string exported(const event_log& log) {
  std::string text;
  REQUIRE(log.read(log_start, std::numeric_limits<std::size_t>::max(), [&text](const recorded_event& e) {
    text += to_json_line(e) + '\n';
    return true;
  }));
  return text;
}

/// Several events with one time each, of users in turns.
void fill(event_log& log, rng& random, int batches) {
  for (; batches > 0; --batches) {
    std::vector<new_events> batch(1 + below(random, 5));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].user = user_id{1 + i};
      batch[i].expected = *log.head_of(batch[i].user);
      for (auto left = 1 + below(random, 3); left > 0; --left)
        batch[i].events.push_back(random_event(random));
    }
    REQUIRE(log.append(batch, random_instant(random)));
  }
}

result<std::uint64_t> take_over(const std::string& text, event_log& into) {
  std::istringstream first(text);
  const auto checked = check_lines(first, into, ignore);
  if (!checked)
    return tl::unexpected(checked.error());
  std::istringstream second(text);
  return append_lines(second, into, *checked, ignore);
}

} // namespace

TEST_CASE("the export of an imported log is byte for byte the one it was made from") {
  BTPAY_SEEDED(random);
  const auto original = make_memory_event_log();
  fill(*original, random, 200);
  const auto text = exported(*original);
  const temp_dir dir;
  {
    const auto copy = open_lmdb_event_log(dir.path());
    REQUIRE(copy);
    REQUIRE(take_over(text, **copy));
    CHECK((*copy)->head() == original->head());
    CHECK((*copy)->epoch() != original->epoch());
    CHECK(exported(**copy) == text);
  }
  const auto summary = verify_lmdb_event_log(dir.path(), [](const log_fault& fault) { FAIL(fault.why.message); });
  REQUIRE(summary);
}

TEST_CASE("an import that was cut off goes on where it ended") {
  BTPAY_SEEDED(random);
  const auto original = make_memory_event_log();
  fill(*original, random, 30);
  const auto text = exported(*original);
  std::size_t half = text.size() / 2;
  half = text.find('\n', half) + 1;
  const auto copy = make_memory_event_log();
  const auto first = take_over(text.substr(0, half), *copy);
  REQUIRE(first);
  const auto rest = take_over(text, *copy);
  REQUIRE(rest);
  CHECK(*first + *rest == raw(original->head()));
  CHECK(exported(*copy) == text);
  CHECK(*take_over(text, *copy) == 0);
}

TEST_CASE("a bad line is named by its number, and nothing is written") {
  BTPAY_SEEDED(random);
  const auto original = make_memory_event_log();
  fill(*original, random, 20);
  const auto text = exported(*original);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const auto copy = make_memory_event_log();

  const auto torn = take_over(text.substr(0, text.size() - 2), *copy);
  REQUIRE_FALSE(torn);
  CHECK_THAT(torn.error().message, Catch::StartsWith("line " + std::to_string(lines) + ": "));

  auto gap = text;
  const auto second = gap.find('\n') + 1;
  gap.erase(second, gap.find('\n', second) + 1 - second);
  const auto refused = take_over(gap, *copy);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::StartsWith("line 2: has the event 3 where 2 is due"));
  CHECK(copy->head() == log_start);
}

TEST_CASE("an import into a log of other events is refused") {
  BTPAY_SEEDED(random);
  const auto original = make_memory_event_log();
  const auto other = make_memory_event_log();
  REQUIRE(original->append(std::vector{new_events{user_id{1}, log_start, {note("ours"), note("more")}}}, instant{}));
  REQUIRE(other->append(std::vector{new_events{user_id{1}, log_start, {note("theirs")}}}, instant{}));
  const auto refused = take_over(exported(*original), *other);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::StartsWith("line 1: is not what the log has there"));
  CHECK_FALSE(take_over("", *other));
  CHECK(raw(other->head()) == 1);
}

TEST_CASE("the users that a file opens are told as they were opened last") {
  const auto log = make_memory_event_log();
  const user_opened changed{"ana", "Europe/Paris", *currency::parse("EUR")};
  REQUIRE(
      log->append(std::vector{new_events{user_id{5}, log_start, {user_opened{"ana", "Europe/Bucharest", {}}, changed}}},
                  instant{}));
  std::istringstream lines(exported(*log));
  const auto checked = check_lines(lines, *make_memory_event_log(), ignore);
  REQUIRE(checked);
  REQUIRE(checked->users.size() == 1);
  CHECK((checked->users.at(5) == changed));
  CHECK(is_exported_event(lines.str().substr(0, lines.str().find('\n'))));
  CHECK_FALSE(is_exported_event(R"({"user":"ana","source":"bt"})"));
}
