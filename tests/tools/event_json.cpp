#include "tools/common/event_json.hpp"

#include "storage/record_codec.hpp"
#include "tests/storage/random_events.hpp"
#include "tests/support/builders.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

using namespace btpay;
using namespace btpay::testing;

namespace {

recorded_event random_recorded(rng& random) {
  return {.at = position{random()},
          .user = user_id{random()},
          .recorded_at = random_instant(random),
          .body = random_event(random)};
}

std::string why_not(const std::string& line) {
  const auto read = read_json_line(line);
  REQUIRE_FALSE(read);
  return read.error().message;
}

const std::string restored =
    R"({"seq":1,"user":2,"recorded_at":"2026-02-04T12:30:00Z","valid_at":"2026-02-04T12:30:00Z",)"
    R"("type":"transaction_restored","data":{"id":7}})";

std::string with(const std::string& from, const std::string& to) {
  auto line = restored;
  line.replace(line.find(from), from.size(), to);
  return line;
}

} // namespace

TEST_CASE("any event is read back from its line as it was") {
  BTPAY_SEEDED(random);
  for (int i = 0; i < 3000; ++i) {
    const auto e = random_recorded(random);
    const auto line = to_json_line(e);
    CAPTURE(line);
    REQUIRE(line.find('\n') == std::string::npos);
    const auto read = read_json_line(line);
    if (!read)
      FAIL(read.error().message);
    REQUIRE(read->at == e.at);
    REQUIRE(read->user == e.user);
    REQUIRE(read->recorded_at == e.recorded_at);
    REQUIRE((read->body == e.body));
    REQUIRE(to_json_line(*read) == line);
  }
}

TEST_CASE("every record that was ever written comes back from its line") {
  record_decoder decoder;
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path{BTPAY_GOLDEN_DIR} / "log" / "v1")) {
    CAPTURE(file.path().filename());
    std::ifstream input(file.path(), std::ios::binary);
    const std::string record{std::istreambuf_iterator<char>{input}, {}};
    recorded_event e;
    REQUIRE(decoder.decode(record, e));
    const auto read = read_json_line(to_json_line(e));
    if (!read)
      FAIL(read.error().message);
    CHECK((read->body == e.body));
    ++files;
  }
  CHECK(files > std::variant_size_v<event>);
}

TEST_CASE("what the extremes of numbers and times are is not lost") {
  const auto least = money{std::numeric_limits<std::int64_t>::min(), *currency::parse("JPY")};
  for (const auto when : {instant::min(), instant::max(), noon}) {
    const recorded_event e{.at = position{1},
                           .user = user_id{std::numeric_limits<std::uint64_t>::max()},
                           .recorded_at = when,
                           .body = alerts_set{least, {{"food", least}}, true}};
    const auto read = read_json_line(to_json_line(e));
    REQUIRE(read);
    CHECK(read->user == e.user);
    CHECK(read->recorded_at == when);
    CHECK((read->body == e.body));
  }
}

TEST_CASE("a line that another program has spelled in its own way is the same event") {
  const auto read = read_json_line(with("{\"id\":7}", "{ \"id\" : 7 }"));
  REQUIRE(read);
  CHECK(to_json_line(*read) == restored);
}

TEST_CASE("a line that is no event tells what is wrong with it") {
  CHECK(read_json_line(restored));
  CHECK_THAT(why_not(""), Catch::Contains("is not JSON"));
  CHECK_THAT(why_not(restored.substr(0, restored.size() - 1)), Catch::Contains("cut off"));
  CHECK_THAT(why_not("[]"), Catch::Contains("is not an object"));
  CHECK_THAT(why_not(with("\"seq\":1,", "")), Catch::Contains("`seq` is missing"));
  CHECK_THAT(why_not(with("\"seq\":1", "\"seq\":-1")), Catch::Contains("`seq` is not a whole number"));
  CHECK_THAT(why_not(with("T12:30:00Z\",\"valid", "T12:30:00\",\"valid")), Catch::Contains("`recorded_at` is wrong"));
  CHECK_THAT(why_not(with("T12:30:00Z\",\"type", "T12:31:00Z\",\"type")), Catch::Contains("`valid_at` is not when"));
  CHECK_THAT(why_not(with("_restored", "_reborn")), Catch::Contains("newer btpay"));
  CHECK_THAT(why_not(with("{\"id\":7}", "{}")), Catch::Contains("`id` is missing"));
  CHECK_THAT(why_not(with("{\"id\":7}", "{\"id\":9223372036854775808}")), Catch::Contains("larger than any"));
  CHECK_THAT(why_not(with("{\"id\":7}", "{\"id\":7,\"more\":1}")), Catch::Contains("`/data/more` is not known"));
  CHECK_THAT(why_not(with("\"user\":2", "\"user\":2,\"who\":3")), Catch::Contains("`/who` is not known"));
}

TEST_CASE("no text is too broken to be read as a line") {
  BTPAY_SEEDED(random);
  for (int i = 0; i < 2000; ++i) {
    auto line = to_json_line(random_recorded(random));
    for (auto changes = 1 + below(random, 4); changes > 0; --changes)
      line[below(random, line.size())] = static_cast<char>(random());
    if (const auto read = read_json_line(line))
      CHECK(read_json_line(to_json_line(*read)));
  }
}
