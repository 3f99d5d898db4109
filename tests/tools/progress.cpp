#include "tools/common/progress.hpp"

#include <catch2/catch.hpp>

using namespace btpay;

TEST_CASE("progress tells what is done, how fast, and how long it will take") {
  CHECK(progress_line("rebuild", "events", 1'200'000, 5'000'000, 2) ==
        "rebuild: 1200000/5000000 events (24 %), 600000 events/s, 6 s left");
}

TEST_CASE("progress tells no rest where it is done or the whole is not known") {
  CHECK(progress_line("rebuild", "events", 10, 10, 2) == "rebuild: 10/10 events (100 %), 5 events/s");
  CHECK(progress_line("import", "lines", 10, 0, 2) == "import: 10 lines, 5 lines/s");
}

TEST_CASE("progress at its beginning divides by nothing") {
  CHECK(progress_line("rebuild", "events", 0, 10, 0) == "rebuild: 0/10 events (0 %), 0 events/s");
}
